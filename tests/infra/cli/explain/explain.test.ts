import { readFileSync } from "node:fs";
import { glob, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { startDynamodb } from "../../../../infra/local/dynamodb.ts";
import { startEc2 } from "../../../../infra/local/ec2/server.ts";
import { laptopAws } from "../../../../infra/local/laptop-aws.ts";
import { names } from "../../../../infra/local/names.ts";
import type { RuledOut } from "../../../../shared/offerings/availability.ts";
import { Decision } from "../../../../shared/offerings/model.ts";
import { dynamodbSetAsideList } from "../../../../shared/offerings/set-aside.dynamodb.ts";
import { setAsideTimes } from "../../../../shared/offerings/set-aside.ts";
import { cellwright, cellwrightWith, emptyFolder } from "../cellwright.ts";
import { givenUp, launchedAtTheThirdAttempt, neverAsked, rejected, tableWith } from "../records.ts";

const explain = async (...args: readonly string[]) =>
	await cellwright(await emptyFolder(), "explain", ...args);

/** A file with this text, in a folder where no stack runs. */
async function explainText(text: string, ...args: readonly string[]) {
	const folder = await emptyFolder();
	await writeFile(join(folder, "pod.yaml"), text);
	return await cellwright(folder, "explain", "pod.yaml", ...args);
}

/** As much of a stack as explain asks: subnets in the last three zones, and what was refused. */
async function runningStack(folder: string, subnetPrefix: string, ruledOut: readonly RuledOut[]) {
	const zones = ["a", "b", "c"].map((letter, index) => ({
		subnetId: `${subnetPrefix}${letter}`,
		zoneId: `use1-az${index + 4}`,
		zone: `us-east-1${letter}`,
	}));
	const ec2 = await startEc2({ types: {}, zones });
	const dynamodb = await startDynamodb(
		[{ name: names.offerings, key: "key", streamed: false }],
		() => undefined,
	);
	onTestFinished(async () => {
		await ec2.close();
		await dynamodb.close();
	});
	const client = new DynamoDBClient({ ...laptopAws, endpoint: dynamodb.endpoint });
	const now = new Date();
	const refusal = { reason: "no-capacity", code: "InsufficientInstanceCapacity" } as const;
	await dynamodbSetAsideList(client, names.offerings, setAsideTimes(), () => now).add(
		{ ...refusal, at: now.toISOString() },
		ruledOut,
		new AbortController().signal,
	);
	client.destroy();
	const stack = {
		pid: process.pid,
		endpoints: { sqs: "", dynamodb: dynamodb.endpoint, ec2: ec2.endpoint },
		podScheduledQueue: "q",
		cellsTable: names.cells,
	};
	await mkdir(join(folder, ".cellwright"));
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
}

const manifest = (spec: object, metadata: object = {}): string =>
	JSON.stringify({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "web", namespace: "shop", ...metadata },
		spec: { containers: [{ name: "a", ...spec }] },
	});

const Explained = z.object({
	basis: z.object({ zones: z.array(z.object({ zoneId: z.string() })), zonesFrom: z.string() }),
	pods: z.array(
		z.object({
			pod: z.object({ namespace: z.string(), name: z.string() }),
			faults: z.array(z.object({ path: z.string() })),
			decision: Decision.optional(),
		}),
	),
});

describe("docs/explain.md", () => {
	it("shows what the commands print (vitest -u writes it anew)", async () => {
		const endpoint = await tableWith([await launchedAtTheThirdAttempt()]);
		const page = readFileSync("docs/explain.md", "utf8");
		const blocks = [...page.matchAll(/^```text explain (?<what>\S+)\n[\s\S]*?^```$/gm)];
		expect(blocks).toHaveLength(3);
		let current = page;
		for (const { 0: block, groups } of blocks) {
			const what = groups?.["what"] ?? "";
			const place = what.endsWith(".yaml") ? [] : ["--endpoint", endpoint];
			const { stdout, code, stderr } = await explain(what, ...place);
			expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
			current = current.replace(block, () => `\`\`\`text explain ${what}\n${stdout}\`\`\``);
		}
		await expect(current).toMatchFileSnapshot("../../../../docs/explain.md");
	});
});

describe("explain of files", () => {
	it("has a block for every example pod, of at most 120 columns", async () => {
		const paths = (await Array.fromAsync(glob("examples/pods/*.yaml"))).sort();
		const { code, stdout } = await explain(...paths);
		expect(code).toBe(0);
		for (const path of paths) expect(stdout).toContain(`(${path})\n`);
		expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
	});

	it("chooses as launch does, and says in which zones", async () => {
		const { code, stdout } = await explain("examples/pods/gpu-inference.yaml", "--output", "json");
		expect(code).toBe(0);
		const { basis, pods } = Explained.parse(JSON.parse(stdout));
		expect(basis.zones.map(({ zoneId }) => zoneId)).toEqual(["use1-az1", "use1-az2", "use1-az4"]);
		expect(basis.zonesFrom).toContain("no stack runs in this folder");
		expect(pods).toMatchObject([
			{ pod: { name: "image-tagger" }, decision: { chosen: { instanceType: "g4dn.xlarge" } } },
		]);
	});

	it("takes zones and refusals of the running stack", async () => {
		const folder = await emptyFolder();
		const refused = ["use1-az5", "use1-az6"].map((zoneId) => ({
			what: "offering" as const,
			instanceType: "g4dn.xlarge",
			zoneId,
			capacityType: "on-demand" as const,
		}));
		await runningStack(folder, "subnet-0000000000000000", refused);
		const { stdout } = await cellwright(folder, "explain", "examples/pods/gpu-inference.yaml");
		expect(stdout).toContain("use1-az4 (us-east-1a), use1-az5 (us-east-1b), use1-az6 (us-east-1c)");
		expect(stdout).toContain("of the running stack's subnets");
		expect(stdout).toContain("2  set-aside");
		expect(stdout).toContain("g4dn.xlarge in use1-az4, on-demand, at 0.526 USD/h");
	});

	it("says so when the running stack doesn't know the subnets", async () => {
		const folder = await emptyFolder();
		await runningStack(folder, "subnet-1111111111111111", []);
		const { code, stdout } = await cellwright(folder, "explain", "examples/pods/web-small.yaml");
		expect(code).toBe(0);
		expect(stdout).toContain("no stack runs in this folder that");
	});

	it("shows every fault of a pod, and is fine with that", async () => {
		const { code, stdout } = await explain(
			"examples/pods/invalid-quantity.yaml",
			"--output",
			"json",
		);
		expect(code).toBe(0);
		const paths = Explained.parse(JSON.parse(stdout)).pods[0]?.faults.map(({ path }) => path);
		expect(paths).toEqual([
			"spec.containers[0].resources.limits.cpu",
			'metadata.annotations["pod.elotl.co/volume-size"]',
		]);
	});

	it("prints no environment value, and nothing that steers the terminal", async () => {
		const text = manifest({
			name: "a\u001b[31mred",
			env: [{ name: "PASSWORD", value: "hunter2" }],
			resources: { limits: { cpu: "1" } },
		});
		const { stdout } = await explainText(text);
		expect(stdout).toContain("cpu 1: limits of container a\uFFFD[31mred");
		expect(stdout).not.toContain("\u001b");
		expect((await explainText(text, "--output", "json")).stdout).not.toContain("hunter2");
	});

	it("gives the same zone each time to a pod without a uid, and its own to one that has one", async () => {
		const uids = ["u-1", "u-2", "u-3", "u-4", "u-5", "u-6"].map((uid) => ({ uid }));
		const text = [{}, ...uids].map((metadata) => manifest({}, metadata)).join("\n---\n");
		const zones = async () => {
			const { stdout } = await explainText(text, "--output", "json");
			return Explained.parse(JSON.parse(stdout)).pods.map(
				({ decision }) => decision?.chosen?.zoneId,
			);
		};
		const [first, again] = await Promise.all([zones(), zones()]);
		expect(again).toEqual(first);
		expect(new Set(first.slice(1)).size).toBeGreaterThan(1);
	});

	it.each([
		{ when: "isn't there", args: ["nowhere.yaml"], told: "nowhere.yaml: there is no such file" },
		{ when: "isn't a pod", args: ["provider.yaml"], told: "can't be launched" },
		{
			when: "is wrong, like another",
			args: ["nowhere.yaml", "nobody.yaml"],
			told: "nowhere.yaml: there is no such file\nnobody.yaml: there is no such file",
		},
		{
			when: "is fine, but provider.yaml isn't there",
			args: ["examples/pods/web-small.yaml", "--provider", "none.yaml"],
			told: "none.yaml: Required",
		},
		{
			when: "is fine, but the output is unknown",
			args: ["examples/pods/web-small.yaml", "--output", "xml"],
			told: "Allowed choices are table, json, yaml",
		},
	])("ends with 2 when a file $when", async ({ args, told }) => {
		const { code, stdout, stderr } = await explain(...args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(told);
	});
});

describe("explain of pods with a record", () => {
	it("shows all records of a name, the latest first", async () => {
		const endpoint = await tableWith([await givenUp(), await launchedAtTheThirdAttempt()]);
		const { code, stdout } = await explain("shop/checkout", "--endpoint", endpoint);
		expect(code).toBe(0);
		const [latest = "", older = ""] = stdout.split("\n\n");
		expect(latest).toContain(
			"Booting, accepted 2026-11-23 08:00:00Z, attempt 3, i-0123456789abcdef0",
		);
		expect(older).toContain("Failed (NoCapacity), accepted 2026-11-23 07:00:00Z, attempt 1");
		expect(older).toContain("#1  2026-11-23 08:00:01Z");
	});

	it("finds a pod by its uid, also one that never had a request", async () => {
		const endpoint = await tableWith([rejected()]);
		const { code, stdout } = await explain("wrong-one", "--endpoint", endpoint);
		expect(code).toBe(0);
		expect(stdout).toBe(
			[
				"shop/typo (uid wrong-one)",
				"  state      Failed (InvalidPod), accepted 2026-11-23 08:00:00Z, never planned",
				"             spec.a: is wrong (found: 1\uFFFD[31m)",
				"             spec.b: is missing",
				"  tried      nothing: EC2 was never asked",
				"  choice     none: the pod failed before one was made",
				"",
			].join("\n"),
		);
	});

	it("of a pod that was deleted before it was scheduled tells just that", async () => {
		const endpoint = await tableWith([neverAsked()]);
		const { code, stdout } = await explain("gone", "--endpoint", endpoint);
		expect(code).toBe(0);
		expect(stdout).toContain(
			"Terminated (PodDeleted), accepted 2026-11-23 08:00:00Z, never planned",
		);
		expect(stdout).toContain("none: the pod was deleted before one was made");
	});

	it("ends with 2 for pods without a record, and names them all", async () => {
		const endpoint = await tableWith([]);
		const { code, stderr } = await explain("shop/none", "nobody", "--endpoint", endpoint);
		expect(code).toBe(2);
		expect(stderr).toContain("shop/none: has no record in the table");
		expect(stderr).toContain("nobody: has no record in the table");
	});

	it.each([
		{
			when: "nothing listens",
			args: ["--endpoint", "http://127.0.0.1:1"],
			told: /table cellwright-cells can't be reached.*\n.*at http:\/\/127.0.0.1:1, deployment cellwright\n/,
		},
		{
			when: "no stack runs",
			args: [],
			told: /no AWS credentials were found.*\n.*deployment cellwright-dev\n.*npx cellwright up/,
		},
	])("ends with 3 when $when", async ({ args, told }) => {
		const { code, stderr } = await explain("shop/web", ...args);
		expect(code).toBe(3);
		expect(stderr).toMatch(told);
	});

	it("says so when an emulator answers in the place of the account", async () => {
		const env = {
			AWS_ENDPOINT_URL: "http://127.0.0.1:1",
			AWS_ACCESS_KEY_ID: "a",
			AWS_SECRET_ACCESS_KEY: "b",
		};
		const { code, stderr } = await cellwrightWith(env, await emptyFolder(), "explain", "shop/web");
		expect(code).toBe(3);
		expect(stderr).toContain("looked in: http://127.0.0.1:1 (AWS_ENDPOINT_URL), region us-east-1");
	});

	it("ends with 3 when the table isn't there", async () => {
		const place = ["--endpoint", await tableWith([]), "--deployment", "other-dev"];
		const { code, stderr } = await explain("shop/web", ...place);
		expect(code).toBe(3);
		expect(stderr).toMatch(/table other-dev-cells doesn't exist\n.*\n {2}try: --deployment/);
	});
});
