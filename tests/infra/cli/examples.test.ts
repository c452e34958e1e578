import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellIndexes } from "../../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../../infra/local/dynamodb.ts";
import { laptopAwsEnv } from "../../../infra/local/laptop-aws.ts";
import { names } from "../../../infra/local/names.ts";
import { startQueues } from "../../../infra/local/queues.ts";
import { podScheduledBody, watchedStack } from "../../support/watched-stack.ts";
import { everyExample } from "./commands.ts";

const root = resolve(import.meta.dirname, "../../..");

/** The deployment that examples call by name: empty, on servers in the place of an account's. */
const deployment = "cellwright-production";

const closers: (() => Promise<unknown>)[] = [];
let watched: Awaited<ReturnType<typeof watchedStack>>;
let withStack = "";
let withoutStack = "";
let environment: NodeJS.ProcessEnv = {};

const examples = everyExample().filter(({ onlyParsed }) => onlyParsed === undefined);

beforeAll(async () => {
	watched = await watchedStack();
	closers.push(async () => await watched.stack.stop());
	const tables = ["images", "offerings", "ledger", "credentials"];
	const dynamodb = await startDynamodb(
		[
			{ name: `${deployment}-cells`, key: "podUid", streamed: false, indexes: cellIndexes },
			...tables.map((name) => ({ name: `${deployment}-${name}`, key: "key", streamed: false })),
		],
		() => undefined,
	);
	closers.push(async () => await dynamodb.close());
	const queues = ["pod-scheduled", "pod-deleted", "cell-checks"];
	const sqs = await startQueues(
		queues.map((name) => ({
			name: `${deployment}-${name}`,
			visibilitySeconds: 30,
			maxReceives: 10,
		})),
	);
	closers.push(async () => await sqs.close());
	[withStack, withoutStack] = [await folder(), await folder()];
	const { endpoints } = watched.stack;
	const stack = {
		pid: process.pid,
		endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
		console: "http://127.0.0.1:6080/",
	};
	await mkdir(join(withStack, ".cellwright"));
	await writeFile(join(withStack, ".cellwright/stack.json"), JSON.stringify(stack));
	environment = {
		...laptopAwsEnv,
		PATH: `${join(withStack, "bin")}:${process.env["PATH"]}`,
		AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
		AWS_ENDPOINT_URL_SQS: sqs.endpoint,
		AWS_ENDPOINT_URL_EC2: endpoints.ec2,
		AWS_ENDPOINT_URL_SSM: endpoints.ssm,
	};
	await launched("storefront-web", "shop");
	await launched("in-memory-warehouse", "analytics", { cpu: "1", memory: "30Ti" }, "Failed");
});

afterAll(async () => {
	for (const close of closers.reverse()) await close();
});

/** Where examples are typed: their files are there, and `npx` is this checkout's command line. */
async function folder(): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), "cellwright-examples-"));
	closers.push(async () => await rm(path, { recursive: true, force: true }));
	for (const name of ["examples", "provider.yaml"])
		await symlink(join(root, name), join(path, name));
	await mkdir(join(path, "bin"));
	const cli = join(root, "infra/cli/bin.js");
	const script = `#!/bin/sh\nshift\nexec '${process.execPath}' '${cli}' "$@"\n`;
	await writeFile(join(path, "bin/npx"), script, { mode: 0o755 });
	return path;
}

let pods = 0;

/** A pod that examples name. */
async function launched(
	name: string,
	namespace: string,
	limits = { cpu: "250m", memory: "256Mi" },
	phase: "Ready" | "Failed" = "Ready",
): Promise<void> {
	pods += 1;
	const uid = `example-${pods}`;
	const spec = { containers: [{ name: "web", image: "nginx", resources: { limits } }] };
	await watched.stack.enqueue(podScheduledBody(uid, { metadata: { name, namespace }, spec }));
	await watched.cell(uid, phase);
}

type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** Runs a line as a shell does; one that is endless until it has said something, and is interrupted then. */
async function typed(line: string, cwd: string, endless: boolean): Promise<Ended> {
	const shell = spawn("bash", ["-c", line], {
		cwd,
		env: { ...environment, HOME: cwd },
		detached: true,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ended = new Promise<number | null>((done) => shell.once("close", (code) => done(code)));
	if (endless) shell.stdout.once("data", () => interrupted(shell));
	const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
	return { code: await ended, stdout, stderr };
}

/** As Ctrl-C on a terminal: everything that the line has started. */
const interrupted = ({ pid }: ChildProcess): void => {
	if (pid !== undefined) process.kill(-pid, "SIGINT");
};

const standing = examples.filter(({ of }) => of !== "cellwright up" && !of.includes("delete"));
const starting = examples.filter(({ of }) => of === "cellwright up");
const deleting = examples.filter(({ of }) => of.includes("delete"));

describe("the examples of every help", () => {
	it.each(standing)(
		"$run",
		async ({ run, exits = 0, endless = false }) => {
			const { code, stdout, stderr } = await typed(run, withStack, endless);
			expect({ code, stderr }).toMatchObject({ code: exits });
			expect(stderr).not.toMatch(/unexpected|^ +at /m);
			if (!run.includes(" > ")) expect(stdout + stderr).not.toBe("");
		},
		120_000,
	);

	it.each(starting)(
		"$run",
		async ({ run, exits = 0, endless = false }) => {
			const { code, stdout, stderr } = await typed(run, withoutStack, endless);
			expect({ code, stderr }).toEqual({ code: exits, stderr: "" });
			expect(stdout).toContain("SQS http://127.0.0.1:");
		},
		240_000,
	);

	it.each(deleting)(
		"$run",
		async ({ run, exits = 0 }) => {
			await launched("storefront-web", "shop");
			const { code, stderr } = await typed(run, withStack, false);
			expect({ code, stderr }).toMatchObject({ code: exits });
		},
		120_000,
	);
});
