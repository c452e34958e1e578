import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { inTurn, median } from "../bench/report.ts";

const run = promisify(execFile);
const main = resolve(import.meta.dirname, "../bench/main.ts");

describe("the bench", () => {
	it("prints each figure beside its baseline and its target", async () => {
		const { stdout } = await run(process.execPath, [main, "identity"]);
		expect(stdout).toMatch(
			/one identity.*: \d[\d.]* ms; target ≤ 0\.8: (met|MISSED); node-forge.*\d+×, target ≥ 50×/,
		);
	});

	it("names its sections to who asks for another", async () => {
		await expect(run(process.execPath, [main, "speed"])).rejects.toMatchObject({
			code: 2,
			stderr: expect.stringContaining("selection, identity, bundles, readiness"),
		});
	});

	it("takes the value in the middle, one that was measured", () => {
		expect(median([3, 1, 2])).toBe(2);
		expect(median([4, 1, 2, 3])).toBe(2);
		expect(() => median([])).toThrow(RangeError);
	});

	it("runs both ways in turn", () => {
		const calls: string[] = [];
		inTurn(
			3,
			() => calls.push("ours"),
			() => calls.push("theirs"),
		);
		expect(calls).toEqual(["ours", "theirs", "ours", "theirs", "ours", "theirs"]);
	});
});
