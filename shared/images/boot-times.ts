/** Kept for each image and family; enough for a tenth, few enough to follow a new behaviour within a day. */
export const bootTimesKept = 30;

/** With fewer, one slow birth would hold the next ones back: they may only bring the check forward. */
const trustedFrom = 5;

/** What comes late costs its pod time, what comes early costs a few pings. */
const share = 0.9;

/** Asking EC2 takes about as long, and SQS counts in seconds. */
const leastSeconds = 1;

/** However slow the births were: nobody waits longer than this for the first look. */
const mostSeconds = 120;

/**
 * The part of an instance type's name that boot times are learned for: `t3a` of `t3a.nano`, `c5.metal` of
 * `c5.metal`.
 *
 * A family shares processor, hypervisor and storage, and has few sizes that boot much slower than the others;
 * type by type, most cells would be the first of theirs. Bare metal takes minutes where its family takes seconds.
 */
export const bootFamilyOf = (instanceType: string): string => {
	const [family = "", size = ""] = instanceType.split(".");
	return size.startsWith("metal") ? `${family}.metal` : family;
};

/**
 * Seconds after which readiness first looks at a new cell: a little less than the quickest tenth took.
 *
 * @param bootMs what the latest births of this image and family took, in any order.
 * @param otherwiseSeconds where too little is known.
 */
export function firstCheckSecondsAfter(
	bootMs: readonly number[],
	otherwiseSeconds: number,
): number {
	const sorted = bootMs.toSorted((a, b) => a - b);
	const quickestMs = sorted[Math.floor((sorted.length - 1) / 10)];
	if (quickestMs === undefined) return otherwiseSeconds;
	const learned = Math.floor((quickestMs * share) / 1_000);
	const most = bootMs.length < trustedFrom ? Math.min(otherwiseSeconds, mostSeconds) : mostSeconds;
	return Math.min(Math.max(learned, leastSeconds), most);
}
