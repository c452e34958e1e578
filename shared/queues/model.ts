import type { Fault } from "../errors.ts";

/** Where a message ends that nobody can be told about. */
export type DeadLetters = Readonly<{
	/**
	 * Keeps a message with the reason why it could not be read, as message attributes `reason` (one CamelCase
	 * word) and `faults` (text, a line each).
	 *
	 * @throws when the queue has not taken it: the message then stays where it was.
	 */
	keep(body: string, reason: string, faults: readonly Fault[], signal: AbortSignal): Promise<void>;
}>;

/** A message that has been received and not settled. */
export type Redelivery = Readonly<{
	/** The message comes again after so many seconds, instead of the queue's visibility time-out. */
	after(receiptHandle: string, seconds: number, signal: AbortSignal): Promise<void>;
}>;

/** Calls launch to a pod that has a record, as its own message does. */
export type WakeUps = Readonly<{
	/** Harmless twice, and for a pod that needs nothing. */
	wake(podUid: string, signal: AbortSignal): Promise<void>;
}>;
