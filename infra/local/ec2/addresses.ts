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

/**
 * The base of a subnet: one of the sixteen /20 blocks of `127.<network>.0.0/16`.
 *
 * @throws RangeError where two subnets would overlap.
 */
export function subnetBase(network: number, index: number, prefixLength: number): number {
	if (index > 15 || prefixLength < 20 || prefixLength > 28) {
		throw new RangeError(
			`subnet ${index + 1} (/${prefixLength}): at most 16 subnets of /20 to /28 can be simulated`,
		);
	}
	return (127 << 24) + (network << 16) + (index << 12);
}

const dotted = (address: number): string =>
	[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
