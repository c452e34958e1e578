/** The private addresses of one subnet. */
export type AddressPool = Readonly<{
	cidr: string;
	free(): number;
	/** @returns undefined when there aren't that many, and then none is taken. */
	take(count: number): readonly string[] | undefined;
	give(addresses: readonly string[]): void;
}>;

/**
 * The addresses of a subnet, but for the five that EC2 keeps: the first four and the last.
 *
 * An address that comes back is given out last, so that who still talks to an ended instance
 * doesn't reach a new one.
 *
 * @param base the network as a number.
 */
export function addressPool(base: number, prefixLength: number): AddressPool {
	const size = 2 ** (32 - prefixLength);
	let next = base + 4;
	const returned: string[] = [];
	const end = base + size - 1;
	const free = () => end - next + returned.length;
	return {
		cidr: `${dotted(base)}/${prefixLength}`,
		free,
		take(count) {
			if (free() < count) return undefined;
			const fresh = Array.from({ length: Math.min(count, end - next) }, (_, i) => dotted(next + i));
			next += fresh.length;
			return [...fresh, ...returned.splice(0, count - fresh.length)];
		},
		give: (addresses) => {
			returned.push(...addresses);
		},
	};
}

/** `127.0.0.0` plus blocks of 65,536 and 4,096 addresses: a network's subnet as a number. */
export const subnetBase = (network: number, index: number): number =>
	(127 << 24) + (network << 16) + (index << 12);

const dotted = (address: number): string =>
	[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
