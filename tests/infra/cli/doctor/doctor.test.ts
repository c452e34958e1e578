import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { conservationLines, findingLines } from "../../../../infra/cli/doctor/doctor-view.ts";
import { paintIf } from "../../../../infra/cli/screen/color.ts";
import { startLaptopEc2 } from "../../../../infra/local/laptop-ec2.ts";
import { names } from "../../../../infra/local/names.ts";
import { startQueues } from "../../../../infra/local/queues.ts";
import { checkCloudInit } from "../../../../shared/bootstrap/check-cloud-init.ts";
import type { Cell } from "../../../../shared/cells/model.ts";
import { loadProvider } from "../../../../shared/config/load.ts";
import { aBootingCell } from "../../../support/cells.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";
import { rejected, tableWith } from "../records.ts";

/** Servers with these records, all tables and queues, and an EC2 without machines. */
async function servers(cells: readonly Cell[]) {
	const { images, offerings, ledger, credentials } = names;
	const dynamodb = await tableWith(cells, [images, offerings, ledger, credentials]);
	const { config } = await loadProvider("provider.yaml", checkCloudInit);
	const ec2 = await startLaptopEc2(config, {});
	onTestFinished(async () => await ec2.close());
	const settings = { visibilitySeconds: 30, maxReceives: 10 };
	const queues = await startQueues(
		[names.podScheduled, names.podDeleted, names.cellChecks].map((name) => ({ name, ...settings })),
	);
	onTestFinished(async () => await queues.close());
	return { sqs: queues.endpoint, dynamodb, ec2: ec2.endpoint };
}

/** A folder in which a stack seems to run. */
async function stackAt(endpoints: Readonly<Record<string, string>>): Promise<string> {
	const folder = await emptyFolder();
	await mkdir(join(folder, ".cellwright"));
	const stack = {
		pid: process.pid,
		endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	return folder;
}

const stackWith = async (cells: readonly Cell[]): Promise<string> =>
	await stackAt(await servers(cells));

/** A folder from which an account is reached whose services are at these endpoints. */
async function accountAt(endpoints: Readonly<Record<string, string>>): Promise<string> {
	const folder = await emptyFolder();
	await mkdir(join(folder, ".aws"));
	await writeFile(
		join(folder, ".aws/credentials"),
		"[default]\naws_access_key_id = any\naws_secret_access_key = any\n",
	);
	const services = Object.entries(endpoints).map(
		([service, url]) => `${service} =\n  endpoint_url = ${url}\n`,
	);
	await writeFile(
		join(folder, ".aws/config"),
		`[default]\nservices = here\n[services here]\n${services.join("")}`,
	);
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

	it("looks at the account where somebody is signed in, whatever is deployed there", async () => {
		const folder = await accountAt(await servers([rejected()]));
		const before = await cellwright(folder, "doctor");
		const after = await cellwright(folder, "doctor", "--deployment", "cellwright");
		expect([before.code, before.stderr, after.code, after.stderr]).toEqual([0, "", 0, ""]);
		for (const line of [
			/ok +credentials +accepted.*123456789012$/m,
			/ok +spot /,
			/warn +vCPU quotas/,
		])
			expect(before.stdout).toMatch(line);
		expect(before.stdout).toMatch(/not checked +tables +there is none of cellwright-dev-cells/);
		expect(before.stdout).toMatch(/not checked +pods +there is no table cellwright-dev-cells/);
		expect(after.stdout).toMatch(/ok +tables +cellwright-cells/);
		expect(after.stdout).toMatch(/ok +queues +cellwright-pod-scheduled/);
		expect(after.stdout).toContain("every pod is accounted for");
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
		const nobody = "http://127.0.0.1:1";
		const folder = await stackAt({ sqs: nobody, dynamodb: nobody, ec2: nobody, ssm: nobody });
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
			unreadable: [
				{ instanceId: "i-0123456789abcdef1", podUid: undefined, problem: "without its state" },
			],
		});
		expect(lines.filter((line) => line.length > 120)).toEqual([]);
		const text = lines.join("\n");
		expect(text).toContain("web-1  Ready  its instance is gone");
		expect(text).toContain("1 records live, but aren't in the index");
		expect(text).toContain(
			"i-0123456789abcdef0  running  t3a.small  2026-11-23 08:00:00Z  unknown",
		);
		expect(text).toContain("i-0123456789abcdef1  unknown  EC2 describes it without its state");
		expect(text).toContain("2 pods aren't accounted for; 1 machines are nobody's");
		expect(text).toMatch(/1\s+machines can't be read/);
	});

	it("say what to do, except where all is well", () => {
		const todo = "do something about it";
		const lines = findingLines(
			[
				{ check: "zones", verdict: "ok", says: "three", todo },
				{ check: "spot", verdict: "warn", says: `no role ${"x".repeat(120)}`, todo },
			],
			paintIf(false),
		);
		expect(lines.filter((line) => line.length > 120)).toEqual([]);
		expect(lines.filter((line) => line.includes(todo))).toEqual([expect.stringMatching(/^ +→ do/)]);
	});
});
