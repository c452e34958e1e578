import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { conservationLines, findingLines } from "../../../infra/cli/doctor-view.ts";
import { startLaptopEc2 } from "../../../infra/local/laptop-ec2.ts";
import { names } from "../../../infra/local/names.ts";
import { startQueues } from "../../../infra/local/queues.ts";
import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import { aBootingCell } from "../../support/cells.ts";
import { cellwright, emptyFolder } from "./cellwright.ts";
import { rejected, tableWith } from "./records.ts";

/** A folder in which a stack with these records, and an EC2 without machines, seems to run. */
async function stackWith(cells: readonly Cell[]): Promise<string> {
	const folder = await emptyFolder();
	const dynamodb = await tableWith(cells, [
		names.images,
		names.offerings,
		names.ledger,
		names.credentials,
	]);
	const { config } = await loadProvider("provider.yaml", checkCloudInit);
	const ec2 = await startLaptopEc2(config, {});
	onTestFinished(async () => await ec2.close());
	const settings = { visibilitySeconds: 30, maxReceives: 10 };
	const queues = await startQueues(
		[names.podScheduled, names.podDeleted, names.cellChecks].map((name) => ({ name, ...settings })),
	);
	onTestFinished(async () => await queues.close());
	await mkdir(join(folder, ".cellwright"));
	const stack = {
		pid: process.pid,
		endpoints: { sqs: queues.endpoint, dynamodb, ec2: ec2.endpoint },
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	return folder;
}

describe("doctor", () => {
	it("finds nothing wrong where all is there and every pod has its answer", async () => {
		const { code, stdout, stderr } = await cellwright(await stackWith([rejected()]), "doctor");
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^ {2}ok +launch subnet-0000000000000000c +EC2 would launch t3a.nano/m);
		expect(stdout).toMatch(
			/^ {2}pods +1 {2}accepted .*\n +1 {2}terminal .*\n +0 {2}live .*\n +0 {2}difference /m,
		);
		expect(stdout).toContain("every pod is accounted for");
		expect(stdout).not.toContain("fail");
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
			checks: expect.arrayContaining([
				{ check: "tables", verdict: "ok", says: expect.stringContaining(names.ledger) },
				{ check: "queues", verdict: "ok", says: expect.stringContaining(names.cellChecks) },
			]),
			conservation: {
				accepted: 2,
				terminal: 1,
				live: 0,
				difference: 1,
				unaccounted: [{ podUid: "lost", phase: "Booting", why: expect.any(String) }],
			},
		});
	});

	it("looks at files alone where no stack runs and nobody is signed in, and says so", async () => {
		const { code, stdout, stderr } = await cellwright(await emptyFolder(), "doctor");
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^ {2}ok +provider.yaml/m);
		expect(stdout).toMatch(/^ {2}ok +user data +\d+ of EC2's 16384 bytes$/m);
		expect(stdout).toMatch(
			/^ {2}not checked +the rest +no stack is running here and no credentials$/m,
		);
	});

	it("lists every fault of provider.yaml, and ends with 1", async () => {
		const folder = await emptyFolder();
		await rm(join(folder, "provider.yaml"));
		const faulty = "cloud: {aws: {region: us-east-1}}\ncells: {cloudInitFile: nowhere.yaml}\n";
		await writeFile(join(folder, "provider.yaml"), faulty);
		const { code, stdout } = await cellwright(folder, "doctor");
		expect(code).toBe(1);
		expect(stdout).toMatch(/fail +provider.yaml +cloud.aws.subnetIDs: Required/);
		expect(stdout).toMatch(/fail +provider.yaml +cells.cloudInitFile: Required/);
	});

	it("has a line for each thing that doesn't answer, where the stack is half gone", async () => {
		const folder = await emptyFolder();
		await mkdir(join(folder, ".cellwright"));
		const nobody = "http://127.0.0.1:1";
		const stack = {
			pid: process.pid,
			endpoints: { sqs: nobody, dynamodb: nobody, ec2: nobody, ssm: nobody },
			podScheduledQueue: names.podScheduled,
			cellsTable: names.cells,
		};
		await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
		const { code, stdout, stderr } = await cellwright(folder, "doctor", "--output", "json");
		expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
		const { checks, conservation } = JSON.parse(stdout);
		expect(conservation).toBeUndefined();
		for (const check of ["subnets", "image x86_64", "tables", "queues", "pods"])
			expect(checks).toContainEqual(
				expect.objectContaining({
					check,
					verdict: "fail",
					says: expect.stringMatching(/no answer|answer/),
				}),
			);
	});
});

describe("doctor's findings", () => {
	it("are told with reasons, in 120 columns", () => {
		const lines = conservationLines({
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

	it("say what to do, except where all is well", () => {
		const todo = "do something about it";
		const lines = findingLines([
			{ check: "zones", verdict: "ok", says: "three", todo },
			{ check: "spot", verdict: "warn", says: `no role ${"x".repeat(120)}`, todo },
		]);
		expect(lines.filter((line) => line.length > 120)).toEqual([]);
		expect(lines.filter((line) => line.includes(todo))).toEqual([expect.stringMatching(/^ +→ do/)]);
	});
});
