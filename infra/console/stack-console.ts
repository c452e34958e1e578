import { SQSClient } from "@aws-sdk/client-sqs";
import { placeOfStack } from "../cli/place/place.ts";
import type { Stack } from "../local/stack.ts";
import { chartFeed } from "./chart-feed.ts";
import { examplePod } from "./example-pod.ts";
import { podFeed } from "./feed.ts";
import type { LauncherOptions, PodLauncher } from "./launcher.ts";
import { type Console, startConsole } from "./server.ts";
import type { SwitchableEc2 } from "./switchboard.ts";

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
	switches: SwitchableEc2;
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
	const { stack, feed, switches, providerFile, port } = options;
	const { pods, charts, startedMs, nowMs } = feed;
	const place = placeOfStack(stack);
	// Connects with its first message: nothing is left of it when the console doesn't start.
	const sqs = new SQSClient(place.client("sqs"));
	const served = await startConsole({
		port,
		pageFolder: new URL("page/", import.meta.url),
		pods,
		charts,
		switches,
		launcher: launcherWhenAsked({
			place,
			providerFile,
			client: { deployment: place.deployment, sqs },
			now: () => new Date(nowMs()),
		}),
		hello: () => ({
			nowMs: nowMs(),
			startedMs,
			region: stack.provider.config.aws.region,
			providerFile,
			endpoints: stack.endpoints,
			examplePod,
		}),
	});
	return {
		...served,
		async close() {
			await served.close();
			sqs.destroy();
		},
	};
}

/** Loaded with the first pod that is sent or tried: EC2's client alone takes a third of a second. */
function launcherWhenAsked(options: LauncherOptions): PodLauncher {
	let loading: Promise<PodLauncher> | undefined;
	const loaded = async (): Promise<PodLauncher> => {
		loading ??= import("./launcher.ts").then(({ podLauncher }) => podLauncher(options));
		return await loading;
	};
	return {
		check: async (yaml) => await (await loaded()).check(yaml),
		launch: async (yaml) => await (await loaded()).launch(yaml),
		remove: async (pod) => await (await loaded()).remove(pod),
	};
}
