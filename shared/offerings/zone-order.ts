import type { Subnet } from "./model.ts";

/**
 * The order in which a pod tries the zones, as positions among them: the same for the same seed,
 * and even over many seeds, also among the zones that are left when one has been refused.
 *
 * @param lastZones ids of zones that come last: the more often one is named, the later.
 */
export function zoneOrder(
	zones: readonly Pick<Subnet, "zoneId">[],
	seed: string,
	lastZones: readonly string[] = [],
): readonly number[] {
	const seeded = hash(seed, fnvOffset);
	return zones
		.map(({ zoneId }, position) => ({
			position,
			named: lastZones.filter((last) => last === zoneId).length,
			score: scattered(hash(zoneId, seeded)),
		}))
		.sort((a, b) => a.named - b.named || a.score - b.score || a.position - b.position)
		.map(({ position }) => position);
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

function hash(text: string, start: number): number {
	let value = start;
	for (let at = 0; at < text.length; at++) {
		value = Math.imul(value ^ text.charCodeAt(at), fnvPrime);
	}
	return value;
}

/** Zone ids differ in their last character, which FNV leaves in the low bits; this moves it to all. */
function scattered(value: number): number {
	const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
	return (twice ^ (twice >>> 16)) >>> 0;
}
