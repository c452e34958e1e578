import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { boundSeconds } from "../bench/burst.ts";
import { burst } from "../bench/burst-simulation.ts";
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
			stderr: expect.stringContaining("selection, identity, bundles, readiness, burst"),
		});
	});

	it("lets a burst through at the pace of EC2's buckets, and loses no pod", async () => {
		const given = { pods: 60, replicas: 1, untilHours: 1, seed: 7 };
		const paced = await burst({ ...given, paced: true });
		expect(paced).toMatchObject({ launched: 60, doubled: 0, calls: 60, refused: 0 });
		// A second is lost to whole seconds of visibility and to EC2's own answer.
		expect(paced.lastLaunchSeconds).toBeLessThan(boundSeconds(60, 60) + 1.5);
		expect(await burst({ ...given, paced: true })).toEqual(paced);
		const unpaced = await burst({ ...given, paced: false });
		expect(unpaced.refused).toBeGreaterThan(unpaced.calls / 2);
	});

	it("bounds a burst by the bucket that is empty first", () => {
		expect(boundSeconds(5, 1_000)).toBe(0);
		expect(boundSeconds(1_000, 1_000)).toBe(497.5);
		expect(boundSeconds(1_000, 10_000)).toBe(4_500);
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
