import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { laptopAwsEnv } from "../../../../infra/local/laptop-aws.ts";
import { names } from "../../../../infra/local/names.ts";
import { startQueues } from "../../../../infra/local/queues.ts";
import { watchedStack } from "../../../support/watched-stack.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";
import { tableWith } from "../records.ts";

const spec = {
	containers: [{ name: "web", image: "nginx", resources: { limits: { cpu: "250m" } } }],
};

/** A workload as people write it: JSON is YAML. */
const workload = (kind: string, over: object = {}) =>
	JSON.stringify({
		apiVersion: kind === "Job" ? "batch/v1" : "apps/v1",
		kind,
		metadata: { name: kind.toLowerCase(), namespace: "tests" },
		spec: { template: { spec }, ...over },
	});

/** A folder in which a stack runs that has these endpoints. */
async function folderOf(endpoints: Readonly<{ sqs: string; dynamodb: string }>): Promise<string> {
	const folder = await emptyFolder();
	const stack = {
		pid: process.pid,
		endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await mkdir(join(folder, ".cellwright"));
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	return folder;
}

describe("npx cellwright launch, against a stack", () => {
	let watched: Awaited<ReturnType<typeof watchedStack>>;
	beforeAll(async () => {
		watched = await watchedStack();
	});
	afterAll(async () => await watched.stack.stop());

	it("waits until a pod is ready, with a line for each change and the table at the end", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		const { code, stdout, stderr } = await cellwright(
			folder,
			...["launch", "-f", "examples/pods/web-small.yaml", "--wait"],
		);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^shop\/storefront-web scheduled, uid [0-9a-f-]{36}$/m);
		expect(stdout).toMatch(/^ +\d+\.\ds {2}shop\/storefront-web Ready$/m);
		const said = stdout.match(/(?<=storefront-web )(?:Scheduled|Launching|Booting|Ready)$/gm) ?? [];
		expect(said).toEqual([...new Set(said)]);
		expect(stdout).toMatch(/^POD +PHASE[^\n]+\nshop\/storefront-web +Ready[^\n]+\n$/m);
	});

	it("launches a cluster's own pod from standard input, under its uid", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "of-cluster", namespace: "tests", uid: "from-kubectl", managedFields: [] },
			spec: { ...spec, nodeName: "node-1" },
			status: { phase: "Running" },
		};
		const cli = resolve("infra/cli/cellwright.ts");
		const child = spawn(
			process.execPath,
			[cli, "launch", "-f", "-", "--wait", "--output", "json"],
			{
				cwd: folder,
				env: { HOME: folder },
			},
		);
		child.stdin.end(JSON.stringify(pod));
		const [stdout, stderr] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			once(child, "close"),
		]);
		expect(child.exitCode).toBe(0);
		expect(JSON.parse(stdout)).toEqual({
			pods: [
				{
					uid: "from-kubectl",
					namespace: "tests",
					name: "of-cluster",
					file: "standard input",
					phase: "Ready",
				},
			],
		});
		expect(stderr).toContain(
			"note: left out, as only a cluster needs it: status, metadata.managedFields\n",
		);
		expect(stderr).toContain("note: what is on a node of its cluster already gets a cell");
		expect(stderr).toContain("tests/of-cluster Ready");
	});

	it("launches replicas, whom delete ends by the same file", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		await mkdir(join(folder, "pods"));
		await writeFile(join(folder, "pods/a.json"), workload("Deployment", { replicas: 2 }));
		await writeFile(join(folder, "pods/b.yaml"), workload("Job"));
		await writeFile(join(folder, "pods/notes.txt"), "no manifest");
		const launched = await cellwright(folder, "launch", "-f", "pods", "--wait", "--output", "yaml");
		expect(launched.code).toBe(0);
		expect(launched.stdout.match(/name: deployment-.{10}-.{5}$/gm)).toHaveLength(2);
		expect(launched.stdout.match(/name: job-.{5}$/gm)).toHaveLength(1);

		const deleted = await cellwright(folder, "delete", "-f", "pods", "--wait");
		expect(deleted.code).toBe(0);
		expect(deleted.stdout.match(/^tests\/\S+, uid \S+, deleted while Ready$/gm)).toHaveLength(3);
		expect(deleted.stdout.match(/s {2}tests\/\S+ Terminated: PodDeleted$/gm)).toHaveLength(3);
		const again = await cellwright(folder, "delete", "-f", "pods");
		expect(again).toMatchObject({ code: 0, stdout: "no pod was deleted\n" });
		expect(again.stderr).toContain("note: pods/b.yaml: Job tests/job has no living pod");
	});

	it("deletes every pod of a namespace, and no other", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		await writeFile(
			join(folder, "job.json"),
			workload("Job", { parallelism: 2 }).replace('"tests"', '"alone"'),
		);
		await cellwright(folder, "launch", "-f", "job.json", "--wait");
		const { code, stdout } = await cellwright(folder, "delete", "--all", "--namespace", "alone");
		expect(code).toBe(0);
		expect(stdout.match(/^alone\/job-\S+, uid \S+, deleted while Ready$/gm)).toHaveLength(2);
		expect(stdout.trim().split("\n")).toHaveLength(2);
	});

	it("ends with 1 where a pod fails, tells why once, and the next command", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		const { code, stdout, stderr } = await cellwright(
			folder,
			...["launch", "-f", "examples/pods/impossible.yaml", "--wait"],
		);
		expect(code).toBe(1);
		expect(`${stdout}${stderr}`.match(/the largest on offer/g)).toHaveLength(1);
		expect(stderr).toMatch(
			/^\S+\/in-memory-warehouse Failed: NoOfferingFits\n {2}try: npx cellwright status [0-9a-f-]{36}\n$/,
		);
	});

	it("sends none where one could never be launched, and says where that is wrong", async () => {
		const folder = await folderOf(watched.stack.endpoints);
		const { code, stdout, stderr } = await cellwright(
			folder,
			...["launch", "-f", "examples/pods/invalid-quantity.yaml"],
			...["-f", "examples/pods/web-small.yaml"],
		);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(
			stderr.match(/^(cellwright: )?examples\/pods\/invalid-quantity.yaml:\d+: Pod typo: /gm),
		).toHaveLength(2);
	});
});

describe("npx cellwright launch, where nobody reads the queue", () => {
	async function deafStack() {
		const settings = { visibilitySeconds: 30, maxReceives: 3 };
		const server = await startQueues([{ name: names.podScheduled, ...settings }]);
		onTestFinished(async () => await server.close());
		const endpoints = { sqs: server.endpoint, dynamodb: await tableWith([]) };
		return {
			folder: await folderOf(endpoints),
			endpoints,
			async count() {
				const { Attributes } = await server.sqs.send(
					new GetQueueAttributesCommand({
						QueueUrl: server.queues[0]?.url,
						AttributeNames: ["ApproximateNumberOfMessages"],
					}),
				);
				return Number(Attributes?.["ApproximateNumberOfMessages"]);
			},
		};
	}

	it("waits as long as it is told to, and says so", async () => {
		const { folder, count } = await deafStack();
		const { code, stderr } = await cellwright(
			folder,
			...["launch", "-f", "examples/pods/web-small.yaml", "--wait", "--timeout", "1"],
		);
		expect(code).toBe(1);
		expect(stderr).toBe(
			[
				"shop/storefront-web has no record after 1.0s: nobody has read its message",
				"  try: npx cellwright dead-letters, npx cellwright doctor",
				"",
			].join("\n"),
		);
		expect(await count()).toBe(1);
	});

	it("tries out without sending: what each would get, replicas together", async () => {
		const { folder, count } = await deafStack();
		await writeFile(join(folder, "web.json"), workload("Deployment", { replicas: 3 }));
		const { code, stdout } = await cellwright(
			folder,
			...["launch", "--dry-run", "-f", "web.json", "examples/pods/gpu-inference.yaml"],
		);
		expect(code).toBe(0);
		const lines = stdout.trimEnd().split("\n");
		expect(lines[0]).toMatch(
			/^3 pods of ReplicaSet tests\/deployment-.{10}: t\S+ in use1-az\d, on-demand, at/,
		);
		expect(lines[1]).toMatch(/^\S+\/image-tagger: g4dn\.xlarge in use1-az\d/);
		expect(lines[2]).toBe("nothing was sent");
		expect(await count()).toBe(0);
	});

	it.each([
		{
			when: "a pod asks for nonsense",
			args: ["--dry-run", "-f", "examples/pods"],
			told: "isn't a quantity",
		},
		{
			when: "a file isn't there",
			args: ["-f", "examples/pods/web-small.yaml", "nowhere"],
			told: "nowhere: there is no such file",
		},
		{
			when: "an object can't be launched",
			args: ["-f", "examples/pods/web-small.yaml", "provider.yaml"],
			told: "kind: can't be launched; what can: Pod, Deployment, ReplicaSet, StatefulSet, Job, List; leave it out of the file",
		},
		{
			when: "a pod is in another namespace",
			args: ["-f", "examples/pods/web-small.yaml", "--namespace", "other"],
			told: "Pod storefront-web: metadata.namespace: is another namespace than other",
		},
		{
			when: "the time-out is none",
			args: ["-f", "examples/pods/web-small.yaml", "--timeout", "soon"],
			told: "--timeout: must be whole seconds",
		},
		{
			when: "no file is named",
			args: [],
			told: "required option '-f, --file <path...>' not specified",
		},
	])("sends nothing, and ends with 2, when $when", async ({ args, told }) => {
		const { folder, count } = await deafStack();
		const { code, stderr } = await cellwright(folder, "launch", ...args);
		expect(code).toBe(2);
		expect(stderr).toContain(told);
		expect(await count()).toBe(0);
	});

	it("sends the pods of a file once, however often it is named", async () => {
		const { folder, count } = await deafStack();
		const file = "examples/pods/web-small.yaml";
		await cellwright(folder, "launch", "-f", file, `./${file}`, "-f", join(folder, file));
		expect(await count()).toBe(1);
	});

	it("ends with 3 where the deployment isn't there, and says where it looked", async () => {
		const { folder, endpoints } = await deafStack();
		const { code, stderr } = await cellwright(
			folder,
			...["launch", "-f", "examples/pods/web-small.yaml"],
			...["--deployment", "other-prod", "--endpoint", endpoints.sqs],
		);
		expect(code).toBe(3);
		expect(stderr).toContain("the queue other-prod-pod-scheduled doesn't exist");
		expect(stderr).toContain("deployment other-prod");
		expect(stderr).not.toContain(laptopAwsEnv.AWS_SECRET_ACCESS_KEY);
	});
});

describe("npx cellwright delete", () => {
	it.each([
		{ args: ["--all"], told: "would delete every pod of the deployment" },
		{ args: [], told: "name pods, or files with -f, or --all" },
		{ args: ["shop/web", "--all", "--yes"], told: "one of the three" },
		{ args: ["web", "--namespace", "shop"], told: "a pod is named as namespace/name" },
	])("needs to know exactly what is meant: $args", async ({ args, told }) => {
		const { code, stderr } = await cellwright(await emptyFolder(), "delete", ...args);
		expect(code).toBe(2);
		expect(stderr).toContain(told);
	});
});
