import type { Log, LogFields } from "../../telemetry/log.ts";

/**
 * Handles each by itself: one that fails is logged and stops nobody. After the signal's end nothing is begun
 * any more: what was left out, the next run finds again.
 *
 * @param fieldsOf what a failure's log line names it by.
 * @returns how many failed.
 */
export async function oneByOne<Item>(
	items: readonly Item[],
	fieldsOf: (item: Item) => LogFields,
	handle: (item: Item) => Promise<void>,
	log: Log,
	signal: AbortSignal,
): Promise<number> {
	let failures = 0;
	for (const item of items) {
		if (signal.aborted) break;
		try {
			await handle(item);
		} catch (error) {
			// Cut off by the end of the run: nobody's failure.
			if (signal.aborted) break;
			failures += 1;
			log.error("janitor failed at one", { ...fieldsOf(item), error });
		}
	}
	return failures;
}
