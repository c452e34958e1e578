import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const readme = await readFile(join(root, "README.md"), "utf8");

/** Every command of the README, with who runs it. `npm ci` is the clean checkout's own first step. */
const commands: Readonly<Record<string, string>> = {
	"npm ci && npm start": "the newcomer's path below",
	"npm ci && npm test": "this run",
	"npx cellwright launch -f examples/pods/web-small.yaml": "the newcomer's path below",
	"npx cellwright client-certificate .cellwright/client": "the newcomer's path below",
	"npx cellwright status shop/storefront-web": "the newcomer's path below",
	"npx cellwright doctor": "the newcomer's path below",
	"npm run check": ".ci/run, step by step",
	"npm run bench": "tests/bench.test.ts",
};

const running: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
	for (const child of running.splice(0)) child.kill("SIGKILL");
	for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A folder with the project in it, so that nothing meets what may run in this one. */
async function checkout(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-newcomer-"));
	folders.push(folder);
	for (const name of [
		"package.json",
		"node_modules",
		"infra",
		"functions",
		"shared",
		"examples",
		"provider.yaml",
	])
		await symlink(join(root, name), join(folder, name));
	return folder;
}

/** A command as a newcomer types it, and a way to wait for a line of what it prints. */
function typed(command: string, cwd: string) {
	const child = spawn(command, {
		cwd,
		shell: true,
		stdio: ["ignore", "pipe", "pipe"],
		detached: true,
	});
	running.push(child);
	const lines: string[] = [];
	const waiting = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream }).on("line", (line) => {
			lines.push(line);
			for (const check of waiting) check();
		});
	return {
		child,
		lines,
		exited: once(child, "exit"),
		/** The line that matches, or of several the last of so many. */
		async line(pattern: RegExp, count = 1): Promise<string> {
			const { promise, resolve: found, reject } = Promise.withResolvers<string>();
			const check = () => {
				const line = lines.filter((each) => pattern.test(each))[count - 1];
				if (line !== undefined) found(line);
			};
			const failed = () => reject(new Error(`no line like ${pattern} in:\n${lines.join("\n")}`));
			const timer = setTimeout(failed, 60_000);
			child.once("exit", failed);
			waiting.add(check);
			check();
			return await promise.finally(() => {
				clearTimeout(timer);
				waiting.delete(check);
			});
		},
	};
}

describe("the README", () => {
	it("has no command that nothing runs", () => {
		const written = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
			block.trim().split("\n"),
		);
		expect(new Set(written)).toEqual(new Set(Object.keys(commands)));
	});

	it("leads a newcomer to an own pod's cell, and leaves nothing running behind", async () => {
		const cwd = await checkout();
		const stack = typed("npm start", cwd);
		const announced = await stack.line(/^SQS http:\/\/127\.0\.0\.1:\d+, queue /);
		await stack.line(/shop\/storefront-web Ready/);
		const second = typed("npx cellwright launch -f examples/pods/web-small.yaml", cwd);
		await second.line(/^shop\/storefront-web scheduled, uid [-0-9a-f]{36}$/);
		expect(await second.exited).toEqual([0, null]);
		await stack.line(/^shop\/storefront-web Ready$/, 2);
		const story = typed("npx cellwright status shop/storefront-web", cwd);
		await story.line(/^ {2}story +TIME /, 2);
		expect(await story.exited).toEqual([0, null]);
		const doctor = typed("npx cellwright doctor", cwd);
		await doctor.line(/every pod is accounted for/);
		expect(await doctor.exited).toEqual([0, null]);
		const third = typed("npx cellwright client-certificate .cellwright/client", cwd);
		await third.line(/^curl --cacert/);
		expect(await third.exited).toEqual([0, null]);
		expect((await stat(join(cwd, ".cellwright/client/client.key"))).mode & 0o777).toBe(0o600);

		const endpoint = /http:\S+(?=,)/.exec(announced)?.[0] ?? "";
		expect((await fetch(endpoint)).status).toBeGreaterThan(0);
		// Ctrl-C reaches every process of the terminal's group.
		process.kill(-(stack.child.pid ?? 0), "SIGINT");
		await stack.exited;
		await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
	}, 120_000);
});
