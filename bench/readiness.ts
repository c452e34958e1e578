import { fileURLToPath } from "node:url";
import { startStack } from "../infra/local/stack.ts";
import { type BenchRow, median } from "./report.ts";

const pods = 30;
/** As many at once as somebody might scale up by. */
const patienceMs = 60_000;
/** Kip's pause between two pings of a booting cell, from the performance page. */
const kipPollMs = 5_000;

/** How long a cell that could answer waits until its record says Ready: over the real wires, many cells at a time. */
export async function readinessBench(): Promise<readonly BenchRow[]> {
	const serving = new Map<string, number>();
	const readyAfterMs: number[] = [];
	const done = Promise.withResolvers<void>();
	const stack = await startStack({
		providerFile: fileURLToPath(new URL("../provider.yaml", import.meta.url)),
		ec2: { bootTime: { medianMs: 2_000, spread: 0.4 }, throttling: false },
		onCell(cell) {
			if (cell.phase !== "Ready") return;
			const since = serving.get(cell.instance.instanceId);
			readyAfterMs.push(Date.now() - (since ?? Date.now()));
			if (readyAfterMs.length === pods) done.resolve();
		},
	});
	const timer = setTimeout(
		() => done.reject(new Error(`${readyAfterMs.length} of ${pods} cells ready in time`)),
		patienceMs,
	);
	try {
		stack.ec2.events.on("agent", ({ instanceId, what }) => {
			if (what === "serving") serving.set(instanceId, Date.now());
		});
		for (let n = 0; n < pods; n++) await stack.enqueue(message(`bench-${n}`));
		await done.promise;
	} finally {
		clearTimeout(timer);
		await stack.stop();
	}
	return [
		{
			what: `first pong to Ready written, ${pods} cells at a time`,
			measured: median(readyAfterMs),
			unit: "ms",
			target: { atMost: 500 },
			baseline: { name: "a poll every 5 s, as Kip's: half of it", measured: kipPollMs / 2 },
			note: `worst ${Math.max(...readyAfterMs)} ms, target ≤ 3000`,
		},
	];
}

const message = (uid: string): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodScheduled",
		pod: {
			metadata: { namespace: "bench", name: uid, uid },
			spec: {
				containers: [
					{ name: "web", image: "nginx", resources: { limits: { cpu: "250m", memory: "256Mi" } } },
				],
			},
		},
	});
