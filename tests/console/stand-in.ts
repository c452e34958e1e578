import { chartFeed } from "../../infra/console/chart-feed.ts";
import { podFeed } from "../../infra/console/feed.ts";
import { startConsole } from "../../infra/console/server.ts";
import { switchboard } from "../../infra/console/switchboard.ts";
import type { Cell } from "../../shared/cells/model.ts";

const refuse = async (): Promise<never> => {
	throw new RangeError("there is no stack behind this console");
};

/** The console's own server without a stack, with records that were made up: for what takes a stack too long. */
export async function standIn(cells: readonly Cell[] = [], port = 0) {
	const pods = podFeed(Date.now);
	for (const cell of cells) pods.onCell(cell);
	const nothing = () => undefined;
	const startedMs = Date.now();
	const ec2 = {
		takeCapacity: () => nothing,
		setThrottling: nothing,
		setBootTime: nothing,
		setFaultOf: nothing,
		warnSpot: nothing,
		endAs: nothing,
	};
	const started = { throttling: 1, bootTime: { medianMs: 3_000, spread: 0.2 } };
	const served = await startConsole({
		port,
		pageFolder: new URL("../../infra/console/page/", import.meta.url),
		pods,
		charts: chartFeed(Date.now),
		switches: switchboard(ec2, started, Date.now),
		launcher: { check: refuse, launch: refuse, remove: refuse },
		hello: () => ({
			nowMs: Date.now(),
			startedMs,
			region: "us-east-1",
			providerFile: "provider.yaml",
			endpoints: {},
			examplePod: "kind: Pod\n",
		}),
	});
	return { ...served, onCell: pods.onCell };
}
