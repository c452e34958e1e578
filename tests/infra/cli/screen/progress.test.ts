import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withProgress } from "../../../../infra/cli/screen/progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const output = (isTTY: boolean, columns = 80) => {
	const written: string[] = [];
	const out = { isTTY, columns, write: (text: string) => void written.push(text) };
	return { out, written };
};

/** Work that takes so long, and then answers or fails. */
const lasting = (ms: number, failure?: Error) => async () =>
	await new Promise<string>((resolve, reject) => {
		setTimeout(() => (failure === undefined ? resolve("done") : reject(failure)), ms);
	});

describe("progress", () => {
	it("is shown with the time once work takes longer than a second, and is gone after it", async () => {
		const { out, written } = output(true);
		const working = withProgress("counting pods", lasting(2_500), out);
		await vi.advanceTimersByTimeAsync(2_500);
		expect(await working).toBe("done");
		expect(written[0]).toBe("\r\u001b[Kcounting pods … 1.0s");
		expect(written).toContain("\r\u001b[Kcounting pods … 2.0s");
		expect(written.at(-1)).toBe("\r\u001b[K");
	});

	it.each([
		{ when: "work is quick", isTTY: true, ms: 900 },
		{ when: "nobody watches", isTTY: false, ms: 5_000 },
	])("says nothing when $when", async ({ isTTY, ms }) => {
		const { out, written } = output(isTTY);
		const working = withProgress("counting pods", lasting(ms), out);
		await vi.advanceTimersByTimeAsync(ms);
		await working;
		expect(written).toEqual([]);
	});

	it("ends with work that fails, and fits the line", async () => {
		const { out, written } = output(true, 20);
		const working = withProgress(
			() => "a text that is too long",
			lasting(2_000, new Error("no")),
			out,
		);
		const failed = expect(working).rejects.toThrow("no");
		await vi.advanceTimersByTimeAsync(2_000);
		await failed;
		expect(written[0]).toBe("\r\u001b[Ka text that is too ");
		await vi.advanceTimersByTimeAsync(5_000);
		expect(written.at(-1)).toBe("\r\u001b[K");
	});
});
