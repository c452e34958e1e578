import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, type TestContext } from "vitest";
import { pageOf } from "./docs/pages.ts";
import { quietEnvironment } from "./support/quiet-environment.ts";
import { missingFrom, type Step, stepsOf } from "./support/walkthrough.ts";

const root = resolve(import.meta.dirname, "..");
const textOf = async (path: string) => await readFile(join(root, path), "utf8");
const readme = await textOf("README.md");

/** Commands that the newcomer below doesn't type, with who runs them. */
const elsewhere: Readonly<Record<string, string>> = {
	"npm ci && npm test": "this run",
	"npm run check": ".ci/run, step by step",
	"npm run bench": "tests/bench.test.ts",
};

/** What is done when a walk is over, however it ends, the last first. */
type Finally = TestContext["onTestFinished"];

function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// It has ended by itself.
	}
}

/** What git leaves out of a clone, and what a clone gets by `npm ci`. */
const notCloned = new Set([".git", "node_modules", ".cellwright", ".build", ".serverless", "dist"]);

/** A copy of the project as a clone has it after `npm ci`, so that nothing meets what may run in this one. */
async function clone(finallyDo: Finally): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-newcomer-"));
	finallyDo(async () => await rm(folder, { recursive: true }));
	const filter = (path: string) => !notCloned.has(relative(root, path).split(sep)[0] ?? "");
	await cp(root, folder, { recursive: true, filter });
	await symlink(join(root, "node_modules"), join(folder, "node_modules"));
	return folder;
}

/** The packages are there: `npm ci` itself is .ci/run's. */
const withoutInstall = 'npm() { [ "$1" = ci ] || command npm "$@"; }';

/** Commands as somebody types them, and a way to wait for what they print. */
function typed(commands: string, cwd: string, finallyDo: Finally) {
	// As on a terminal, where output and errors come in one order.
	const child = spawn("bash", ["-c", `exec 2>&1\n${withoutInstall}\n${commands}`], {
		cwd,
		// npm tells at times that there is a newer one.
		env: { ...quietEnvironment(), NPM_CONFIG_UPDATE_NOTIFIER: "false" },
		stdio: ["ignore", "pipe", "ignore"],
		// A terminal's Ctrl-C reaches a whole group.
		detached: true,
	});
	const closed = once(child, "close");
	finallyDo(async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		signalGroup(child.pid ?? 0, "SIGKILL");
		await closed;
	});
	const lines: string[] = [];
	const waiting = new Set<() => void>();
	createInterface({ input: child.stdout }).on("line", (line) => {
		// About the machine's own settings.
		if (!line.startsWith("npm warn")) lines.push(line);
		for (const check of waiting) check();
	});
	return {
		child,
		closed,
		lines: lines as readonly string[],
		/** @throws with the first line that never came. */
		async shows(shown: string): Promise<void> {
			const { promise, resolve: found, reject } = Promise.withResolvers<void>();
			const check = () => missingFrom(lines, shown) === undefined && found();
			const fail = () => {
				const missing = missingFrom(lines, shown);
				if (missing === undefined) found();
				else reject(new Error(`nothing like this line:\n${missing}\nin:\n${lines.join("\n")}`));
			};
			const timer = setTimeout(fail, 120_000);
			void closed.then(fail);
			waiting.add(check);
			check();
			await promise.finally(() => {
				clearTimeout(timer);
				waiting.delete(check);
			});
		},
	};
}

/**
 * Does what a page says, as it says it. The first terminal has the stack; another command there comes after Ctrl-C, and
 * so does the end.
 */
async function walk(path: string, finallyDo: Finally): Promise<string> {
	const cwd = await clone(finallyDo);
	let stack: ReturnType<typeof typed> | undefined;
	for (const step of stepsOf(path, await textOf(path))) {
		if (step.terminal === "first") {
			await interrupted(stack);
			stack = typed(step.commands, cwd, finallyDo);
			await stack.shows(step.shown ?? "SQS …");
		} else await runs(step, path, cwd, finallyDo);
	}
	expect(stack, `${path} starts nothing`).toBeDefined();
	await interrupted(stack);
	return cwd;
}

/** Ctrl-C: the stack answers before, and doesn't after. */
async function interrupted(stack: ReturnType<typeof typed> | undefined): Promise<void> {
	if (stack === undefined) return;
	const endpoint = /http:\S+(?=,)/.exec(stack.lines.join("\n"))?.[0] ?? "";
	expect((await fetch(endpoint)).status).toBeGreaterThan(0);
	signalGroup(stack.child.pid ?? 0, "SIGINT");
	await stack.closed;
	await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
}

async function runs(
	{ commands, shown, line }: Step,
	path: string,
	cwd: string,
	finallyDo: Finally,
): Promise<void> {
	const { closed, lines, shows } = typed(commands, cwd, finallyDo);
	const [code] = await closed;
	const at = `${path}:${line} printed:\n${lines.join("\n")}`;
	// 1: a pod has failed, and the page shows how.
	expect(shown === undefined ? [0] : [0, 1], at).toContain(code);
	if (shown !== undefined) await shows(shown);
}

describe("the README", () => {
	it("has no command that nothing runs", () => {
		const { blocks } = pageOf("README.md", readme);
		const others = blocks.filter(({ language, kind }) => language === "sh" && kind === "elsewhere");
		const lines = others.flatMap(({ text }) => text.split("\n"));
		expect(new Set(lines)).toEqual(new Set(Object.keys(elsewhere)));
	});
});

describe("somebody new", () => {
	it("comes by the README to a pod's cell, and leaves nothing running behind", async ({
		onTestFinished,
	}) => {
		await walk("README.md", onTestFinished);
	}, 480_000);

	it("finds the quickstart true, step by step", async ({ onTestFinished }) => {
		const cwd = await walk("docs/quickstart.md", onTestFinished);
		expect((await stat(join(cwd, ".cellwright/client/client.key"))).mode & 0o777).toBe(0o600);
	}, 600_000);
});
