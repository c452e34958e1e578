import * as z from "zod";
import type { Refusal } from "../cells/model.ts";
import type { RefusalReason } from "../instances/model.ts";
import { quotaClassOf, RuledOut, ruledOutKey } from "./availability.ts";
import type { Offering } from "./model.ts";

/** Something that EC2 refused, and for how long nobody asks for it again. */
export const SetAsideEntry = z.object({
	ruledOut: RuledOut,
	/** A RefusalReason; as text, so that one of another version counts as well. */
	reason: z.string(),
	/** EC2's error code. */
	code: z.string(),
	/** When it was refused; ISO 8601 UTC, as is `until`. */
	at: z.iso.datetime(),
	until: z.iso.datetime(),
	/** How often it was refused again soon after its time was over. */
	repeats: z.int().min(0),
});
export type SetAsideEntry = Readonly<z.infer<typeof SetAsideEntry>>;

/** What of a refusal the list keeps. */
type RefusedFor = Pick<Refusal, "reason" | "code" | "at">;

/** What EC2 refused lately, whichever worker it was. */
export type SetAsideList = Readonly<{
	/** Everything that is set aside now, as known some seconds ago; one's own additions are always in it. */
	standing(signal: AbortSignal): Promise<readonly SetAsideEntry[]>;
	/**
	 * Sets aside what a refusal rules out. Where another worker was refused at the same time, his entry stands.
	 *
	 * @returns everything that is set aside now.
	 */
	add(
		refusal: RefusedFor,
		ruledOut: readonly RuledOut[],
		signal: AbortSignal,
	): Promise<readonly SetAsideEntry[]>;
}>;

/** For how long a refusal sets aside: at first, and at most, after doubling with each repeat. */
export type SetAsideTimes = Readonly<
	Record<RefusalReason, Readonly<{ firstSeconds: number; mostSeconds: number }>>
>;

const never = { firstSeconds: 0, mostSeconds: 0 };

/** @param capacitySeconds for want of capacity at first; EC2 names no time, three minutes is usual. */
export const setAsideTimes = (capacitySeconds = 180): SetAsideTimes => ({
	"no-capacity": { firstSeconds: capacitySeconds, mostSeconds: capacitySeconds * 10 },
	"not-sold-here": { firstSeconds: 24 * 3600, mostSeconds: 24 * 3600 },
	// Whenever a cell ends, its addresses are free again.
	"no-addresses": { firstSeconds: capacitySeconds, mostSeconds: capacitySeconds },
	// Falls when something ends, or when a human has it raised.
	quota: { firstSeconds: 300, mostSeconds: 1800 },
	"no-spot": { firstSeconds: 1800, mostSeconds: 1800 },
	throttled: never,
	transient: never,
	"token-spent": never,
	"no-image": never,
	forbidden: never,
	"tokens-enforced": never,
	"bad-request": never,
});

/** A refusal this long after the last one, or later, is a new shortage. */
const repeatMs = 3600_000;

/** The entries that a refusal makes or changes. */
export const afterRefusal = (
	known: readonly SetAsideEntry[],
	refusal: RefusedFor,
	ruledOut: readonly RuledOut[],
	times: SetAsideTimes,
): readonly SetAsideEntry[] => {
	const before = byKey(known);
	return ruledOut.flatMap((each) => {
		const next = entryAfter(before.get(ruledOutKey(each)), refusal, each, times);
		return next === undefined ? [] : [next];
	});
};

/** @returns undefined where what stands goes on standing. */
function entryAfter(
	before: SetAsideEntry | undefined,
	{ reason, code, at }: RefusedFor,
	ruledOut: RuledOut,
	times: SetAsideTimes,
): SetAsideEntry | undefined {
	const atMs = Date.parse(at);
	const stands = before !== undefined && isStanding(before, new Date(at));
	const isSame = before?.reason === reason;
	// Who asks while it stands had begun before: the same shortage, not a repeat.
	if (stands && isSame) return undefined;
	const isRepeat = isSame && atMs - Date.parse(before.at) <= repeatMs;
	const repeats = isRepeat ? before.repeats + 1 : 0;
	const { firstSeconds, mostSeconds } = times[reason];
	const untilMs = atMs + Math.min(firstSeconds * 2 ** repeats, mostSeconds) * 1000;
	if (stands && Date.parse(before.until) >= untilMs) return undefined;
	return { ruledOut, reason, code, at, until: new Date(untilMs).toISOString(), repeats };
}

export const isStanding = ({ until }: SetAsideEntry, now: Date): boolean =>
	now.getTime() < Date.parse(until);

/** Entries that tell nobody anything any more: over, and too old for what comes to be a repeat. */
export const forgettable = (known: readonly SetAsideEntry[], now: Date): readonly SetAsideEntry[] =>
	known.filter(
		(entry) => !isStanding(entry, now) && now.getTime() - Date.parse(entry.at) > repeatMs,
	);

/** Entries with some of them replaced, or new ones added. */
export const withEntries = (
	known: readonly SetAsideEntry[],
	changed: readonly SetAsideEntry[],
): readonly SetAsideEntry[] => [...byKey([...known, ...changed]).values()];

/** What is closed at one moment, by which entry: of several the one that lasts longest. */
type SetAside = Readonly<{
	offering(
		offering: Pick<Offering, "instanceType" | "zoneId" | "capacityType">,
	): SetAsideEntry | undefined;
	subnet(subnetId: string): SetAsideEntry | undefined;
}>;

export const setAsideAt = (known: readonly SetAsideEntry[], now: Date): SetAside => {
	const standing = byKey(
		known
			.filter((entry) => isStanding(entry, now))
			.toSorted((a, b) => (a.until < b.until ? -1 : 1)),
	);
	const longest = (ruledOut: readonly RuledOut[]): SetAsideEntry | undefined =>
		ruledOut
			.flatMap((each) => standing.get(ruledOutKey(each)) ?? [])
			.toSorted((a, b) => (a.until < b.until ? 1 : -1))[0];
	return {
		offering({ instanceType, zoneId, capacityType }) {
			// Asked for each of ten thousand offerings: mostly there is nothing to look up.
			if (standing.size === 0) return undefined;
			return longest([
				{ what: "offering", instanceType, zoneId, capacityType },
				{ what: "market", capacityType },
				...(capacityType === "on-demand"
					? [{ what: "class" as const, quotaClass: quotaClassOf(instanceType) }]
					: []),
			]);
		},
		subnet: (subnetId) => longest([{ what: "subnet", subnetId }]),
	};
};

/** The last of equal keys. */
const byKey = (entries: readonly SetAsideEntry[]): ReadonlyMap<string, SetAsideEntry> =>
	new Map(entries.map((entry) => [ruledOutKey(entry.ruledOut), entry]));
