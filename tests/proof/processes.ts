import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { patience } from "./patience.ts";

type Environment = Readonly<Record<string, string>>;

const running = new Set<ChildProcess>();

/** Ends what is still running, children's children as well. */
export function endProcesses(): void {
	for (const child of running) if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
}

/** In a group of its own, so that it ends with whatever it has started. */
export function started(
	command: string,
	args: readonly string[],
	env: Environment,
	cwd?: string,
): ChildProcess {
	const child = spawn(command, args, {
		env,
		cwd,
		detached: true,
		stdio: ["ignore", "pipe", "pipe"],
	});
	running.add(child);
	child.once("close", () => running.delete(child));
	return child;
}

/** Asks first, and ends it after two seconds. */
export async function ended(child: ChildProcess): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const { pid } = child;
	const closed = once(child, "close");
	signalGroup(pid, "SIGTERM");
	const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), 2_000);
	await closed;
	clearTimeout(timer);
	signalGroup(pid, "SIGKILL");
}

/**
 * Runs a program to its end.
 *
 * @param withinMs on a quiet machine.
 * @returns its standard output, and that with what it wrote to the standard error.
 * @throws with what it wrote last, unless it ended with 0 in time.
 */
export async function run(
	command: string,
	args: readonly string[],
	env: Environment,
	withinMs: number,
	cwd?: string,
): Promise<Readonly<{ output: string; all: string }>> {
	const child = started(command, args, env, cwd);
	let output = "";
	let all = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		output += text;
		all += text;
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		all += text;
	});
	const mostMs = withinMs * patience;
	const timer = setTimeout(() => {
		if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
	}, mostMs);
	const [code, signal] = await once(child, "close");
	clearTimeout(timer);
	if (code === 0) return { output, all };
	const last = all.trim().split("\n").slice(-25).join("\n");
	const how =
		code === null
			? `was ended by ${signal}, after ${mostMs / 1_000} s at most`
			: `ended with ${code}`;
	throw new Error(`${command} ${args.slice(0, 3).join(" ")} ${how}:\n${last}`);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// Nothing of it is left.
	}
}
