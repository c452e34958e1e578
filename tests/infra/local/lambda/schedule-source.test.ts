import { describe, expect, it, onTestFinished } from "vitest";
import type { LocalFunction } from "../../../../infra/local/lambda/function-process.ts";
import { scheduleSource } from "../../../../infra/local/lambda/schedule-source.ts";

/** A scheduled function; each of its runs is over when it is told so. */
function scheduled(everySeconds: number) {
	const runs: PromiseWithResolvers<unknown>[] = [];
	const begun = Promise.withResolvers<void>();
	const target: LocalFunction = {
		name: "f",
		async invoke() {
			const run = Promise.withResolvers<unknown>();
			runs.push(run);
			begun.resolve();
			return await run.promise;
		},
		kill: () => false,
		async stop() {},
	};
	const source = scheduleSource(target, everySeconds);
	onTestFinished(async () => {
		for (const run of runs) run.resolve({});
		await source.stop();
	});
	return { source, runs, begun: begun.promise };
}

describe("a schedule", () => {
	it("runs its function by itself", async () => {
		const { begun } = scheduled(0.01);
		await begun;
	});

	it("never runs it twice at a time", async () => {
		const { source, runs } = scheduled(0);
		const first = source.run();
		const second = source.run();
		await expect.poll(() => runs, { timeout: 20_000 }).toHaveLength(1);
		runs[0]?.resolve({});
		await first;
		await expect.poll(() => runs, { timeout: 20_000 }).toHaveLength(2);
		runs[1]?.resolve({});
		await second;
	});

	it("tells who runs it that it failed, and runs it again", async () => {
		const { source, runs } = scheduled(0);
		const failing = source.run();
		await expect.poll(() => runs, { timeout: 20_000 }).toHaveLength(1);
		runs[0]?.reject(new Error("as told"));
		await expect(failing).rejects.toThrow("as told");
		const next = source.run();
		await expect.poll(() => runs, { timeout: 20_000 }).toHaveLength(2);
		runs[1]?.resolve({});
		await next;
	});
});
