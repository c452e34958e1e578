/** Does `work` once for all who ask for the same key while it is under way. */
type SharedWork<Result> = (
	key: string,
	work: (signal: AbortSignal) => Promise<Result>,
	signal: AbortSignal,
) => Promise<Result>;

type UnderWay<Result> = { promise: Promise<Result>; askers: number; controller: AbortController };

/**
 * Work that many askers share.
 *
 * It runs under nobody's own signal: one asker who gives up leaves alone, and
 * only when the last one has gone is the work ended.
 */
export function sharedWork<Result>(): SharedWork<Result> {
	const underWay = new Map<string, UnderWay<Result>>();

	function begin(key: string, work: (signal: AbortSignal) => Promise<Result>): UnderWay<Result> {
		const controller = new AbortController();
		const begun = { promise: work(controller.signal), askers: 0, controller };
		underWay.set(key, begun);
		const end = (): boolean => forget(key, begun);
		begun.promise.then(end, end);
		return begun;
	}

	/** @returns whether it was still under way. */
	function forget(key: string, ended: UnderWay<Result>): boolean {
		return underWay.get(key) === ended && underWay.delete(key);
	}

	return async (key, work, signal) => {
		signal.throwIfAborted();
		const current = underWay.get(key) ?? begin(key, work);
		current.askers += 1;
		const left = Promise.withResolvers<never>();
		const leave = (): void => left.reject(signal.reason);
		signal.addEventListener("abort", leave, { once: true });
		try {
			return await Promise.race([current.promise, left.promise]);
		} finally {
			signal.removeEventListener("abort", leave);
			current.askers -= 1;
			// Forgotten first: the next asker must not join work that is being ended.
			if (current.askers === 0 && forget(key, current)) current.controller.abort(signal.reason);
		}
	};
}
