/** Time as the simulator sees it; a test may hold it still. */
export type Clock = Readonly<{
	/** Milliseconds since 1970. */
	nowMs(): number;
	/** @returns takes the appointment back. */
	after(delayMs: number, act: () => void): () => void;
}>;

/** The machine's clock. */
export const systemClock: Clock = {
	nowMs: () => Date.now(),
	after: (delayMs, act) => {
		const timer = setTimeout(act, delayMs);
		return () => clearTimeout(timer);
	},
};
