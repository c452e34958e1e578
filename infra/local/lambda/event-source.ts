import { setTimeout as delay } from "node:timers/promises";
import type { LocalFunction } from "./function-process.ts";

/** Before each retry. Lambda retries what nobody waits for twice: after a minute, and two minutes later. */
const laptopRetriesMs: readonly number[] = [1_000, 5_000, 30_000];

/**
 * A rule of EventBridge with a function as its target: each event is an invocation of its own, tried again a few
 * times when it fails, then dropped. Events may overtake each other.
 */
export function eventSource(target: LocalFunction, retriesMs = laptopRetriesMs) {
	const stopping = new AbortController();
	const inFlight = new Set<Promise<void>>();
	const delivered = async (event: unknown): Promise<void> => {
		for (const retryMs of [...retriesMs, 0]) {
			if (stopping.signal.aborted) return;
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
