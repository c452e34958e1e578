import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { moduleBeside } from "../module-beside.ts";

/** Parent to process. */
export type InvocationRequest = Readonly<{ id: number; event: unknown; timeoutMs: number }>;
/** Process to parent. */
export type InvocationReply = Readonly<
	{ id: number; result: unknown } | { id: number; error: string }
>;

/** A function as it is deployed: its own process, its own environment, one entry. */
export type FunctionSettings = Readonly<{
	name: string;
	/** Path of the module that exports `handler`. */
	entry: string;
	env: Readonly<Record<string, string>>;
	timeoutSeconds: number;
}>;

export type LocalFunction = Readonly<{
	name: string;
	/** @throws when the handler does, when its time is over, or when its process dies meanwhile. */
	invoke(event: unknown): Promise<unknown>;
	/** Kills the process as a crash would; the next invocation starts another. @returns whether there was one. */
	kill(): boolean;
	stop(): Promise<void>;
}>;

/**
 * Runs a function in a process of its own, started when it is first needed and again after a crash.
 *
 * Unlike Lambda it takes several invocations at a time: our handlers share nothing but caches, and a process
 * for each would be too much for a laptop.
 *
 * @param onLine each line of its standard output: the log, with the metrics in it.
 */
export function localFunction(
	settings: FunctionSettings,
	onLine: (line: string) => void,
): LocalFunction {
	let running: Promise<FunctionProcess> | undefined;
	const alive = async (): Promise<FunctionProcess> => {
		running ??= started(settings, onLine, () => {
			running = undefined;
		});
		return await running;
	};
	return {
		name: settings.name,
		async invoke(event) {
			return await (await alive()).invoke(event);
		},
		kill() {
			running?.then(({ child }) => child.kill("SIGKILL")).catch(() => undefined);
			return running !== undefined;
		},
		async stop() {
			const stopping = await running?.catch(() => undefined);
			if (stopping === undefined) return;
			const exited = once(stopping.child, "exit");
			stopping.child.disconnect();
			await exited;
			await stopping.told;
		},
	};
}

type FunctionProcess = Readonly<{
	child: ChildProcess;
	/** Resolves behind its last line, which may come later than its exit. */
	told: Promise<unknown>;
	invoke(event: unknown): Promise<unknown>;
}>;

async function started(
	{ name, entry, env, timeoutSeconds }: FunctionSettings,
	onLine: (line: string) => void,
	onExit: () => void,
): Promise<FunctionProcess> {
	const child = fork(moduleBeside(import.meta.url, "./runtime"), [entry, name], {
		env: { ...env, PATH: process.env["PATH"] ?? "" },
		execArgv: [],
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	const told = Promise.all(
		[child.stdout, child.stderr].map(async (input) => {
			if (input !== null) await once(createInterface({ input }).on("line", onLine), "close");
		}),
	);

	const pending = new Map<number, PromiseWithResolvers<unknown>>();
	child.on("message", (reply: InvocationReply) => {
		const waiting = pending.get(reply.id);
		pending.delete(reply.id);
		if ("error" in reply) waiting?.reject(new Error(reply.error));
		else waiting?.resolve(reply.result);
	});
	child.once("exit", (code, signal) => {
		onExit();
		const died = new Error(`function ${name}: its process ended (${signal ?? `code ${code}`})`);
		for (const waiting of pending.values()) waiting.reject(died);
		pending.clear();
	});
	const began = once(child, "message");
	await Promise.race([
		began,
		once(child, "exit").then(() => {
			throw new Error(`function ${name} did not start; its log has the reason`);
		}),
	]);

	let invocations = 0;
	return {
		child,
		told,
		async invoke(event) {
			const id = ++invocations;
			const waiting = Promise.withResolvers<unknown>();
			pending.set(id, waiting);
			const timeoutMs = timeoutSeconds * 1000;
			// Lambda ends the process of a function that overruns, and so do we.
			const overrun = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
			child.send({ id, event, timeoutMs } satisfies InvocationRequest);
			try {
				return await waiting.promise;
			} finally {
				clearTimeout(overrun);
			}
		},
	};
}
