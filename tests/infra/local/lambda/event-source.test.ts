import { describe, expect, it, onTestFinished } from "vitest";
import { eventSource } from "../../../../infra/local/lambda/event-source.ts";
import type { LocalFunction } from "../../../../infra/local/lambda/function-process.ts";

/** A function that fails so many times with each event, and what it was called with. */
function failing(times: number) {
	const calls: unknown[] = [];
	const waiting: (() => void)[] = [];
	const target: LocalFunction = {
		name: "f",
		async invoke(event) {
			calls.push(event);
			for (const check of waiting) check();
			if (calls.filter((each) => each === event).length <= times) throw new Error("not yet");
			return {};
		},
		kill: () => false,
		async stop() {},
	};
	const source = eventSource(target, [1, 1]);
	onTestFinished(source.stop);
	const called = async (count: number) => {
		const { promise, resolve } = Promise.withResolvers<void>();
		waiting.push(() => calls.length >= count && resolve());
		await promise;
	};
	return { source, calls, called };
}

describe("events for a function", () => {
	it("are an invocation each", async () => {
		const { source, calls } = failing(0);
		source.push("a");
		source.push("b");
		await source.stop();
		expect(calls).toEqual(["a", "b"]);
	});

	it("are tried again when the function fails", async () => {
		const { source, calls, called } = failing(2);
		const thrice = called(3);
		source.push("a");
		await thrice;
		await source.stop();
		expect(calls).toEqual(["a", "a", "a"]);
	});

	it("are not tried again once it stops", async () => {
		const { source, calls } = failing(9);
		source.push("a");
		await source.stop();
		expect(calls).toEqual(["a"]);
	});
});
