import { isStanding, type SetAsideEntry, type SetAsideList } from "./set-aside.ts";

/** How long others' refusals may stay unknown: each costs one request more. */
const freshMs = 3_000;

/**
 * The list, read at most every few seconds: all pods of one process share a reading. What the process itself
 * adds is known at once.
 */
export const rememberedSetAsideList = (list: SetAsideList, now: () => Date): SetAsideList => {
	let known: { atMs: number; reading: Promise<readonly SetAsideEntry[]> } | undefined;
	const keep = (reading: Promise<readonly SetAsideEntry[]>) => {
		const kept = { atMs: now().getTime(), reading };
		known = kept;
		// A failure is told to who waits for it, and not remembered.
		reading.catch(() => {
			if (known === kept) known = undefined;
		});
		return reading;
	};
	return {
		async standing(signal) {
			const isFresh = known !== undefined && now().getTime() - known.atMs < freshMs;
			const entries = await (isFresh && known ? known.reading : keep(list.standing(signal)));
			return entries.filter((entry) => isStanding(entry, now()));
		},
		async add(refusal, ruledOut, signal) {
			const entries = await list.add(refusal, ruledOut, signal);
			return await keep(Promise.resolve(entries));
		},
	};
};
