import type { Stack } from "../local/stack.ts";
import { chartFeed } from "./chart-feed.ts";
import { examplePod } from "./example-pod.ts";
import { podFeed } from "./feed.ts";
import { type Console, startConsole } from "./server.ts";

/** Takes what a stack tells from its start on. */
export const stackFeed = (nowMs: () => number) => ({
	pods: podFeed(nowMs),
	charts: chartFeed(nowMs),
	startedMs: nowMs(),
	nowMs,
});

export type StackConsoleOptions = Readonly<{
	stack: Stack;
	feed: ReturnType<typeof stackFeed>;
	/** Path of provider.yaml. */
	providerFile: string;
	/** 0: one that the system chooses. */
	port: number;
}>;

/**
 * The console of a stack that runs in this process.
 *
 * @throws when the port is taken.
 */
export async function startStackConsole(options: StackConsoleOptions): Promise<Console> {
	const { stack, feed, providerFile, port } = options;
	const { pods, charts, startedMs, nowMs } = feed;
	return await startConsole({
		port,
		pageFolder: new URL("page/", import.meta.url),
		pods,
		charts,
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
