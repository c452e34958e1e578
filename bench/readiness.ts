import { fileURLToPath } from "node:url";
import { startStack } from "../infra/local/stack.ts";
import { type BenchRow, median } from "./report.ts";

const pods = 30;
/** As many at once as somebody might scale up by. */
const patienceMs = 60_000;
/** Kip's pause between two pings of a booting cell, from the performance page. */
const kipPollMs = 5_000;

/**
 * How long a cell that could answer waits until its record says Ready: over the real wires, many cells at a
 * time; first when nothing is known of their kind, then when others have shown how long they boot.
 */
export async function readinessBench(): Promise<readonly BenchRow[]> {
	const serving = new Map<string, number>();
	const births: Birth[] = [];
	let wave = Promise.withResolvers<void>();
	const stack = await startStack({
		providerFile: fileURLToPath(new URL("../provider.yaml", import.meta.url)),
		ec2: { bootTime: { medianMs: 4_000, spread: 0.3 }, throttling: false },
		onCell(cell) {
			if (cell.phase !== "Ready") return;
			const since = serving.get(cell.instance.instanceId);
			births.push({
				waitedMs: Date.now() - (since ?? Date.now()),
				firstCheckSeconds: cell.plan.firstCheckSeconds ?? 0,
			});
			if (births.length % pods === 0) wave.resolve();
		},
	});
	try {
		stack.ec2.events.on("agent", ({ instanceId, what }) => {
			if (what === "serving") serving.set(instanceId, Date.now());
		});
		for (const name of ["unknown", "known"]) {
			wave = Promise.withResolvers<void>();
			for (let n = 0; n < pods; n++) await stack.enqueue(message(`bench-${name}-${n}`));
			await inTime(wave.promise, () => `${births.length} of ${2 * pods} cells ready in time`);
		}
	} finally {
		await stack.stop();
	}
	return [
		row("first pong to Ready written", births.slice(0, pods)),
		row("the same, once their boot times are known", births.slice(pods)),
	];
}

type Birth = Readonly<{ waitedMs: number; firstCheckSeconds: number }>;

function row(what: string, births: readonly Birth[]): BenchRow {
	const waitedMs = births.map((birth) => birth.waitedMs);
	const firstLook = median(births.map(({ firstCheckSeconds }) => firstCheckSeconds));
	return {
		what: `${what}, ${pods} cells at a time`,
		measured: median(waitedMs),
		unit: "ms",
		target: { atMost: 500 },
		baseline: { name: "a poll every 5 s, as Kip's: half of it", measured: kipPollMs / 2 },
		note: `worst ${Math.max(...waitedMs)} ms, target ≤ 3000; first look after ${firstLook} s`,
	};
}

/** @throws Error with the words when it takes too long. */
async function inTime(wave: Promise<void>, words: () => string): Promise<void> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Error(words())), patienceMs);
	await Promise.race([wave, late.promise]).finally(() => clearTimeout(timer));
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
