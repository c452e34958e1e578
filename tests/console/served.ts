import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { chartFeed } from "../../infra/console/chart-feed.ts";
import { podFeed } from "../../infra/console/feed.ts";
import { type ConsoleOptions, startConsole } from "../../infra/console/server.ts";
import { switchboard } from "../../infra/console/switchboard.ts";

/** A folder with these files, away when the test is over. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<URL> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-page-"));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
	return pathToFileURL(`${folder}/`);
}

/** What was done to an EC2 that does nothing itself. */
export function rememberingEc2() {
	const done: string[] = [];
	const note = (text: string) => void done.push(text);
	return {
		done: done as readonly string[],
		ec2: {
			takeCapacity(loss: object) {
				note(`take ${JSON.stringify(loss)}`);
				return () => note(`give ${JSON.stringify(loss)}`);
			},
			setThrottling: (scale: number | false) => note(`throttle ${scale}`),
			setBootTime: (time: object) => note(`boot ${JSON.stringify(time)}`),
			setFaultOf: () => note("faults"),
			warnSpot(instanceId: string, afterMs?: number) {
				if (instanceId === "i-on-demand") throw new RangeError("EC2 doesn't interrupt it");
				note(`warn ${instanceId} ${afterMs}`);
			},
			endAs: (instanceId: string) => note(`end ${instanceId}`),
		},
	};
}

const started = { throttling: 1, bootTime: { medianMs: 3_000, spread: 0.2 } } as const;

/** A console without a stack, and what it was told to do. */
export async function servedConsole(over: Partial<ConsoleOptions> = {}) {
	const { ec2, done } = rememberingEc2();
	const clock = { nowMs: 1_000_000 };
	const pods = podFeed(() => clock.nowMs);
	const charts = chartFeed(() => clock.nowMs);
	const switches = switchboard(ec2, started, () => clock.nowMs);
	const sent: string[] = [];
	const served = await startConsole({
		port: 0,
		pageFolder: await folderOf({ "index.html": "<!doctype html><title>page</title>" }),
		pods,
		charts,
		switches,
		launcher: {
			check: async (yaml) => ({ pods: [{ namespace: "a", name: yaml, choice: "the cheapest" }] }),
			async launch(yaml) {
				sent.push(yaml);
				return { pods: [{ namespace: "a", name: "b", uid: "c" }] };
			},
			remove: async ({ uid }) => void sent.push(`remove ${uid}`),
		},
		hello: () => ({
			nowMs: clock.nowMs,
			startedMs: 0,
			region: "us-east-1",
			providerFile: "provider.yaml",
			endpoints: {},
			examplePod: "kind: Pod",
		}),
		...over,
	});
	onTestFinished(async () => {
		switches.stop();
		await served.close();
	});
	return { url: served.url, pods, charts, switches, clock, done, sent: sent as readonly string[] };
}
