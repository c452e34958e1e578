import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { portOf } from "../../../../infra/local/port-of.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";

const podYaml = (name: string, annotations: Readonly<Record<string, string>>, spec = {}): string =>
	JSON.stringify({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "shop", annotations },
		spec: { containers: [{ name: "main", image: "nginx" }], ...spec },
	});

const spot = { "pod.elotl.co/launch-type": "spot" };
const pods: Readonly<Record<string, string>> = {
	"worker.yaml": podYaml("worker", spot),
	"job.yaml": podYaml(
		"job",
		{ ...spot, "cellwright.dev/expect": "Failed:SpotInterrupted" },
		{ restartPolicy: "Never" },
	),
	"slow.yaml": podYaml("slow", {}),
	"ended.yaml": podYaml("ended", {}),
	"never.yaml": podYaml("never", { "cellwright.dev/expect": "Failed:BootTimeout" }),
};

describe("up with misfortunes", () => {
	it("shows what was lost, why, and the next attempts, until every pod has its answer", async () => {
		const folder = await emptyFolder();
		await mkdir(join(folder, "pods"));
		for (const [file, text] of Object.entries(pods)) {
			await writeFile(join(folder, "pods", file), text);
		}
		const flags = [
			...["--boot-seconds", "0.3:0.1", "--boot-timeout-seconds", "8"],
			...["--interrupt-spot-after", "1", "--spot-warning-seconds", "1"],
			...["--terminate-after", "1", "--never-boots", "slow:1", "--never-boots", "never"],
		];
		const { code, stdout } = await cellwright(folder, "up", "--once", "--pods", "pods", ...flags);
		expect(stdout).toContain("all 5 pods ended as expected");
		expect(code).toBe(0);
		expect(stdout).toMatch(/^Console http:\/\/127\.0\.0\.1:\d+\/$/m);
		expect(stdout).toMatch(/^shop\/worker Ready, warned: SpotInterruption: .*; it ends at /m);
		expect(stdout).toMatch(
			/^shop\/worker Scheduled: lost i-\w+ \(SpotInterrupted\), next attempt 2$/m,
		);
		expect(stdout).toMatch(/^shop\/slow Scheduled: lost i-\w+ \(BootTimeout\), next attempt 2$/m);
		// Its second cell was ready: somebody ended it.
		expect(stdout).toMatch(/^shop\/slow lost i-\w+ \(InstanceEnded\), attempt 3 Ready$/m);
		expect(stdout).toMatch(/^shop\/ended lost i-\w+ \(InstanceEnded\), attempt 2 Ready$/m);
		expect(stdout).toMatch(/^shop\/never failed: BootTimeout: .*cells\.bootAttempts/m);
		expect(stdout).toMatch(/^POD +PHASE +ATTEMPT /m);
	});
});

/** What a process that works in a folder says of a call that fails. */
async function inFolder(folder: string, call: string): Promise<string> {
	const module = resolve(import.meta.dirname, "../../../../infra/cli/place/stack-file.ts");
	const script = `import { writeStackFile } from ${JSON.stringify(module)}; ${call}`;
	const args = ["--input-type=module", "--eval", script];
	return await new Promise((said) => {
		execFile(process.execPath, args, { cwd: folder }, (_, _stdout, stderr) => said(stderr));
	});
}

describe("up in a folder where a stack runs", () => {
	it("starts nothing, and leaves that stack's file to it", async () => {
		const folder = await emptyFolder();
		await mkdir(join(folder, ".cellwright"));
		const file = join(folder, ".cellwright/stack.json");
		const endpoints = { sqs: "http://127.0.0.1:1", dynamodb: "http://127.0.0.1:1" };
		const stack = JSON.stringify({
			...{ pid: process.pid, endpoints },
			...{ podScheduledQueue: "q", cellsTable: "t" },
		});
		await writeFile(file, stack);
		const { code, stdout, stderr } = await cellwright(folder, "up", "--once");
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(
			`a stack runs in this folder already, as process ${process.pid}: end it by Ctrl-C`,
		);
		expect(await readFile(file, "utf8")).toBe(stack);
		// Another one may have begun while this one started.
		const written = await inFolder(folder, `writeStackFile({ ...${stack}, pid: process.pid })`);
		expect(written).toContain("a stack runs in this folder already, as process");
		expect(await readFile(file, "utf8")).toBe(stack);
	});
});

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => void server.close());
	return portOf(server);
}

describe("up's console", () => {
	it("may fail: the stack runs on without it, and says so", async () => {
		const folder = await emptyFolder();
		await mkdir(join(folder, "pods"));
		await writeFile(join(folder, "pods", "pod.yaml"), podYaml("alone", {}));
		const port = await takenPort();
		const flags = ["--pods", "pods", "--boot-seconds", "0.3", "--console-port", `${port}`];
		const { code, stdout } = await cellwright(folder, "up", "--once", ...flags);
		expect(stdout).toMatch(/^warning: no console \(.*EADDRINUSE.*\); --console-port 0 takes/m);
		expect(stdout).not.toMatch(/^Console /m);
		expect(stdout).toContain("the one pod ended as expected");
		expect(code).toBe(0);
	});

	it.each(["x", "65536", "-1"])("has a port: %s", async (port) => {
		const folder = await emptyFolder();
		const { code, stderr } = await cellwright(folder, "up", `--console-port=${port}`);
		expect([code, stderr]).toEqual([2, expect.stringContaining("--console-port")]);
	});
});
