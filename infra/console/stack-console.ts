import type { Stack } from "../local/stack.ts";
import { examplePod } from "./example-pod.ts";
import type { PodFeed } from "./feed.ts";
import { type Console, startConsole } from "./server.ts";

export type StackConsoleOptions = Readonly<{
	stack: Stack;
	/** What the stack has told since its start. */
	pods: PodFeed;
	/** Path of provider.yaml. */
	providerFile: string;
	/** 0: one that the system chooses. */
	port: number;
	startedMs: number;
	nowMs: () => number;
}>;

/**
 * The console of a stack that runs in this process.
 *
 * @throws when the port is taken.
 */
export async function startStackConsole({
	stack,
	pods,
	providerFile,
	port,
	startedMs,
	nowMs,
}: StackConsoleOptions): Promise<Console> {
	return await startConsole({
		port,
		pageFolder: new URL("page/", import.meta.url),
		pods,
		hello: () => ({
			nowMs: nowMs(),
			startedMs,
			region: stack.provider.config.aws.region,
			providerFile,
			endpoints: stack.endpoints,
			examplePod,
		}),
	});
}
