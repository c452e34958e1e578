import { patience } from "./patience.ts";

const startedAt = performance.now();
const atSeconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;

export const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/**
 * One thing to be proved: prints when it was done, how long it took, and what it saw.
 *
 * @param prove @returns what was seen, a line each. @throws what is wrong.
 */
export async function step(name: string, prove: () => Promise<readonly string[]>): Promise<void> {
	const from = performance.now();
	try {
		const seen = await prove();
		const took = ((performance.now() - from) / 1_000).toFixed(1);
		print(`${atSeconds().padStart(8)}  ok    ${name} (${took} s)`);
		for (const line of seen) print(`${" ".repeat(16)}${line}`);
	} catch (error) {
		print(`${atSeconds().padStart(8)}  FAIL  ${name}`);
		throw error;
	}
}

/**
 * Looks every quarter of a second.
 *
 * @param withinSeconds on a quiet machine.
 * @throws with where things stand, when it never came in time.
 */
export async function eventually<T>(
	what: string,
	look: () => T | undefined | Promise<T | undefined>,
	withinSeconds: number,
	standing: () => string = () => "",
): Promise<T> {
	const mostSeconds = withinSeconds * patience;
	const endsAt = performance.now() + mostSeconds * 1_000;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (performance.now() > endsAt)
			throw new Error(`not within ${mostSeconds} s: ${what}\n${standing()}`);
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

/** @throws unless it holds. */
export function must(holds: boolean, what: string): void {
	if (!holds) throw new Error(what);
}
