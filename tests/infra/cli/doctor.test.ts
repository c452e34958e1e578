import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { doctorLines } from "../../../infra/cli/doctor-view.ts";
import { startEc2 } from "../../../infra/local/ec2/server.ts";
import { names } from "../../../infra/local/names.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { aBootingCell } from "../../support/cells.ts";
import { cellwright, emptyFolder } from "./cellwright.ts";
import { rejected, tableWith } from "./records.ts";

/** A folder in which a stack with these records, and an EC2 without machines, seems to run. */
async function stackWith(cells: readonly Cell[]): Promise<string> {
	const folder = await emptyFolder();
	const dynamodb = await tableWith(cells);
	const ec2 = await startEc2({ types: {} });
	onTestFinished(async () => await ec2.close());
	await mkdir(join(folder, ".cellwright"));
	const stack = {
		pid: process.pid,
		endpoints: { sqs: "", dynamodb, ec2: ec2.endpoint },
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	return folder;
}

describe("doctor", () => {
	it("finds nothing wrong where every pod has its answer", async () => {
		const { code, stdout, stderr } = await cellwright(await stackWith([rejected()]), "doctor");
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(
			/^ {2}pods +1 {2}accepted .*\n +1 {2}terminal .*\n +0 {2}live .*\n +0 {2}difference /,
		);
		expect(stdout).toContain("every pod is accounted for");
	});

	it("names the pod that nobody looks after, and ends with 1", async () => {
		const { code, stdout } = await cellwright(
			await stackWith([rejected(), aBootingCell("lost")]),
			"doctor",
			"--output",
			"json",
		);
		expect(code).toBe(1);
		expect(JSON.parse(stdout)).toMatchObject({
			conservation: {
				accepted: 2,
				terminal: 1,
				live: 0,
				difference: 1,
				unaccounted: [{ podUid: "lost", phase: "Booting", why: expect.any(String) }],
			},
		});
	});

	it("says when there is nothing to look at", async () => {
		const { code, stderr } = await cellwright(await emptyFolder(), "doctor");
		expect(code).toBe(3);
		expect(stderr).toContain("can't be reached");
	});
});

describe("doctor's findings", () => {
	it("are told with reasons, in 120 columns", () => {
		const lines = doctorLines({
			accepted: 4,
			terminal: 1,
			live: 1,
			difference: 2,
			unaccounted: [
				{ podUid: "web-1", phase: "Ready", why: `its instance is gone ${"x".repeat(120)}` },
			],
			notIndexed: 1,
			orphans: [
				{
					instanceId: "i-0123456789abcdef0",
					state: "running",
					clientToken: undefined,
					launchIndex: 0,
					launchedAt: new Date("2026-11-23T08:00:00Z"),
					instanceType: "t3a.small",
					podUid: undefined,
				},
			],
		});
		expect(lines.filter((line) => line.length > 120)).toEqual([]);
		const text = lines.join("\n");
		expect(text).toContain("web-1  Ready  its instance is gone");
		expect(text).toContain("1 records live, but aren't in the index");
		expect(text).toContain(
			"i-0123456789abcdef0  running  t3a.small  2026-11-23 08:00:00Z  unknown",
		);
		expect(text).toContain("2 pods aren't accounted for; 1 machines are nobody's");
	});
});
