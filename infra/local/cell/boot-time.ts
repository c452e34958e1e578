import { createHash } from "node:crypto";

/** How long cells take from RunInstances to their agent's start: log-normal. */
export type BootTime = Readonly<{
	medianMs: number;
	/** Standard deviation of the logarithm; 0: always the median, 0.3: two of three within ±30 %. */
	spread: number;
}>;

/** The boot time of one instance: the same for the same seed and instance. */
export function bootDelayMs(
	{ medianMs, spread }: BootTime,
	seed: string,
	instanceId: string,
): number {
	const digest = createHash("sha256").update(`${seed}|${instanceId}`).digest();
	// Box-Muller over two numbers in (0, 1].
	const [a, b] = [digest.readUInt32BE(0), digest.readUInt32BE(4)].map((n) => (n + 1) / 2 ** 32);
	const normal = Math.sqrt(-2 * Math.log(a ?? 1)) * Math.cos(2 * Math.PI * (b ?? 1));
	return Math.round(medianMs * Math.exp(spread * normal));
}
