import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { portOf } from "../../../infra/local/port-of.ts";
import { cellwright, cellwrightWith, emptyFolder } from "./cellwright.ts";
import { launchedAtTheThirdAttempt, tableWith } from "./records.ts";
import { muchTried } from "./stories.ts";

const cli = resolve(import.meta.dirname, "../../../infra/cli/cellwright.ts");

/** The command line as a process that can be hurt. */
async function started(...args: readonly string[]) {
	const folder = await emptyFolder();
	const env = { HOME: folder, AWS_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true" };
	const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env });
	onTestFinished(() => void child.kill("SIGKILL"));
	const ended = new Promise<Readonly<{ code: number | null; signal: string | null }>>((done) =>
		child.once("close", (code, signal) => done({ code, signal })),
	);
	return { child, ended, stderr: text(child.stderr) };
}

describe("a command", () => {
	it("ends quietly when its reader has seen enough", async () => {
		const { child, ended, stderr } = await started("catalogue", "--limit", "0", "--output", "json");
		child.stdout.once("data", () => child.stdout.destroy());
		expect(await ended).toEqual({ code: 0, signal: null });
		expect(await stderr).toBe("");
	});

	it("that watches ends as quietly", async () => {
		const endpoint = await tableWith([muchTried()]);
		const { child, ended, stderr } = await started("list", "--watch", "--endpoint", endpoint);
		child.stdout.once("data", () => {
			child.stdout.destroy();
			// Makes it write once more: the table at the end.
			child.kill("SIGTERM");
		});
		expect(await ended).toEqual({ code: 0, signal: null });
		expect(await stderr).toBe("");
	});

	it("that watches tells changes as documents of YAML, too", async () => {
		const endpoint = await tableWith([muchTried(), await launchedAtTheThirdAttempt()]);
		const { child } = await started(
			...["list", "--watch", "--output", "yaml", "--endpoint", endpoint],
		);
		child.stdout.once("data", () => child.kill("SIGTERM"));
		const { loadAll } = await import("js-yaml");
		expect(loadAll(await text(child.stdout))).toMatchObject([
			{ namespace: expect.any(String) },
			{ namespace: expect.any(String) },
		]);
	});

	it("that is interrupted ends at once, as other programs do, and says nothing", async () => {
		const silent = createServer();
		await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
		onTestFinished(() => void silent.close());
		const endpoint = `http://127.0.0.1:${portOf(silent)}`;
		const { child, ended, stderr } = await started("status", "shop/web", "--endpoint", endpoint);
		silent.once("connection", (socket) => {
			child.kill("SIGINT");
			socket.on("error", () => {});
		});
		// Which a shell calls 130.
		expect(await ended).toEqual({ code: null, signal: "SIGINT" });
		expect(await stderr).toBe("");
	});
});

describe("standard input", () => {
	it.each([
		["explain", "-"],
		["launch", "--dry-run", "-f", "-"],
	])("is a file of manifests, as in %s %s", async (...args) => {
		const { child, ended } = await started(...args);
		const stdout = text(child.stdout);
		const spec = { containers: [{ name: "web", image: "nginx" }] };
		const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec };
		child.stdin.end(JSON.stringify(pod));
		expect(await ended).toEqual({ code: 0, signal: null });
		expect(await stdout).toContain("default/web");
	});
});

describe("output", () => {
	it("is the same object as json and as yaml", async () => {
		const folder = await emptyFolder();
		const endpoint = await tableWith([muchTried()]);
		const as = async (output: string) =>
			await cellwright(folder, "status", "shop/report", "--endpoint", endpoint, "--output", output);
		const { load } = await import("js-yaml");
		const [json, yaml] = [await as("json"), await as("yaml")];
		expect(load(yaml.stdout)).toEqual(JSON.parse(json.stdout));
		expect(JSON.parse(json.stdout).pods).toHaveLength(1);
	});

	it("has colours where they are asked for, and only there", async () => {
		const folder = await emptyFolder();
		const endpoint = await tableWith([muchTried()]);
		const list = async (env: Readonly<Record<string, string>>) =>
			(await cellwrightWith(env, folder, "list", "--endpoint", endpoint)).stdout;
		expect(await list({})).not.toContain("\u001b");
		const colored = await list({ FORCE_COLOR: "1" });
		expect(colored).toContain("\u001b[32mshop/report ");
	});
});
