import { setTimeout as delay } from "node:timers/promises";
import type { LocalFunction } from "./function-process.ts";

/** After the first failure, as Lambda does for events that nobody waits for. */
const retries = 2;
/** Lambda waits a minute and then two; here nobody has the time. */
const retryMs = 200;

/**
 * A rule of EventBridge with a function as its target: each event is an invocation of its own, tried again a few
 * times when it fails, then dropped. Events may overtake each other.
 */
export function eventSource(target: LocalFunction) {
	const stopping = new AbortController();
	const inFlight = new Set<Promise<void>>();
	const delivered = async (event: unknown): Promise<void> => {
		for (let attempt = 0; attempt <= retries && !stopping.signal.aborted; attempt += 1) {
			try {
				await target.invoke(event);
				return;
			} catch {
				await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
			}
		}
	};
	return {
		push(event: unknown) {
			const delivery = delivered(event).finally(() => inFlight.delete(delivery));
			inFlight.add(delivery);
		},
		/** Waits for what is under way; nothing is tried again. */
		async stop() {
			stopping.abort();
			await Promise.all(inFlight);
		},
	};
}
