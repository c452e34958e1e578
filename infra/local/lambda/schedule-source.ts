import type { LocalFunction } from "./function-process.ts";

/** What a schedule of EventBridge sends, as far as anybody reads it. */
const tick = { source: "aws.scheduler", "detail-type": "Scheduled Event", detail: {} };

/**
 * A schedule with a function as its target, never twice at a time: a tick that finds it running is dropped.
 *
 * @param everySeconds 0: only when `run` is called.
 */
export function scheduleSource(target: LocalFunction, everySeconds: number) {
	let running = 0;
	let last: Promise<unknown> = Promise.resolve();
	/** @throws what the function does. */
	const run = async (): Promise<void> => {
		running += 1;
		const turn = last.then(async () => await target.invoke(tick));
		last = turn.catch(() => undefined).finally(() => (running -= 1));
		await turn;
	};
	const onTick = () => {
		// A failed run is in the log, and the next one starts afresh.
		if (running === 0) run().catch(() => undefined);
	};
	const timer = everySeconds > 0 ? setInterval(onTick, everySeconds * 1000) : undefined;
	return {
		/** At once, or as soon as the run that is under way is over. */
		run,
		async stop() {
			clearInterval(timer);
			await last;
		},
	};
}
