import { isOf } from "./devices.ts";
import type { Judged, RuleSet } from "./judge.ts";
import { type Asked, obstacles } from "./miss-words.ts";

/** Alternatives beyond this many help nobody. */
const mostAlternatives = 3;

/**
 * What would have to change for a pod that nothing fits: the smallest sets of rules that stand in its
 * way, as sentences. Offerings that break other rules as well don't blur the figures.
 */
export function whatWouldHelp(misses: readonly Judged[], asked: Asked): string {
	const byRules = Map.groupBy(relevant(misses, asked), ({ broken }) => broken);
	const fewest = Math.min(...[...byRules.keys()].map(size));
	const alternatives = [...byRules]
		.filter(([rules]) => size(rules) === fewest)
		.sort(([a], [b]) => b - a)
		.slice(0, mostAlternatives)
		.map(([rules, group]) => obstacles(rules, group, asked));
	if (alternatives.length === 0) return "the region sells nothing";
	return alternatives.join("; or else: ");
}

/** The offerings that come closest, best first, one for each type and capacity type. */
export function nearestMisses(misses: readonly Judged[], asked: Asked, most: number): Judged[] {
	const bySize = Map.groupBy(relevant(misses, asked), ({ broken }) => size(broken));
	const byType = new Map<string, Judged>();
	for (const [, group] of [...bySize].sort(([a], [b]) => a - b)) {
		for (const miss of nearestFirst(group, asked)) {
			const key = `${miss.type.name} ${miss.capacityType}`;
			if (!byType.has(key)) byType.set(key, miss);
			if (byType.size === most) return [...byType.values()];
		}
	}
	return [...byType.values()];
}

/** Of offerings that break equally many rules, first those that get furthest, then those that have most of what is asked. */
const nearestFirst = (group: readonly Judged[], asked: Asked): Judged[] =>
	group
		.map((miss) => ({ miss, share: shareOf(miss, asked) }))
		.sort(
			(a, b) =>
				b.miss.broken - a.miss.broken ||
				b.share - a.share ||
				a.miss.microUsd - b.miss.microUsd ||
				compareText(a.miss.type.name, b.miss.type.name) ||
				compareText(a.miss.zoneId, b.miss.zoneId),
		)
		.map(({ miss }) => miss);

/** Of a pod that names a type which is sold, only the offerings of that type say anything. */
function relevant(misses: readonly Judged[], { requirements }: Asked): readonly Judged[] {
	const named = misses.filter(({ type }) => type.name === requirements.instanceType);
	return named.length > 0 ? named : misses;
}

/** The part of what is asked that a machine has, by whatever it has least of; 1: all. */
function shareOf({ type: { device, vcpus }, memoryMib }: Judged, { requirements }: Asked): number {
	const shares = [
		[vcpus * 1_000, requirements.cpuMillis],
		[memoryMib, requirements.memoryMib],
		...requirements.accelerators.map(({ resource, count }) => [
			device && isOf(device, { resource, models: [] }) ? device.count : 0,
			count,
		]),
	];
	return Math.min(1, ...shares.map(([has = 0, wanted = 0]) => (wanted === 0 ? 1 : has / wanted)));
}

/** Each step clears the lowest bit. */
function size(rules: RuleSet): number {
	let count = 0;
	for (let left = rules; left !== 0; left &= left - 1) count++;
	return count;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
