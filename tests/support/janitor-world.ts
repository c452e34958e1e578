import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Cell, CellIn } from "../../shared/cells/model.ts";
import { booting, ready } from "../../shared/cells/transitions.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import type { JanitorPorts } from "../../shared/flows/janitor/ports.ts";
import { sweep } from "../../shared/flows/janitor/sweep.ts";
import type { Instance } from "../../shared/instances/model.ts";
import { aLaunchingCell, aPlan, morning } from "./cells.ts";
import { aLaunchRequest } from "./launch-request.ts";
import { memoryCellParameters } from "./memory-cell-parameters.ts";
import { memoryCells } from "./memory-cells.ts";
import { memoryFleet } from "./memory-fleet.ts";
import { memoryInstances } from "./memory-instances.ts";
import { memoryLimits } from "./memory-limits.ts";
import { memorySightings } from "./memory-sightings.ts";
import { aLog, someMetrics } from "./telemetry.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../provider.yaml"), "utf8");
const { config } = parseProvider(text);
const { signal } = new AbortController();

/** Everything that the janitor touches, in memory, and what has happened to it. */
export function janitorWorld() {
	let now = morning;
	const history: Cell[] = [];
	const lines: string[] = [];
	const woken: string[] = [];
	const asked: string[] = [];
	const instances = memoryInstances();
	const parameters = memoryCellParameters();
	const table = memoryCells(
		(cell) => history.push(cell),
		() => now,
	);
	const limits = memoryLimits({ cells: 100, hourlyUsd: undefined }, () => now);
	const ports: JanitorPorts = {
		cells: table,
		index: table,
		fleet: memoryFleet(instances, "ours"),
		instances,
		cellParameters: parameters,
		checks: { ask: async (podUid, attempt) => void asked.push(`${podUid}/${attempt}`) },
		wakeUps: { wake: async (podUid) => void woken.push(podUid) },
		limits,
		sightings: memorySightings(() => now),
		config,
		controllerId: "ours",
		now: () => now,
		log: aLog(lines),
		metrics: someMetrics(lines),
	};

	/** A machine that nothing but EC2 knows. */
	const machine = async (podUid: string, clientToken = `token-${podUid}`, owner = "ours") => {
		const tags = { KipControllerID: owner, "cellwright.dev/pod-uid": podUid };
		const launched = await instances.launch(aLaunchRequest({ clientToken, tags }), signal);
		const instance = launched.outcome === "launched" ? launched.instances[0] : undefined;
		if (instance === undefined) throw new Error("no instance");
		return instance;
	};
	const planFor = (podUid: string) => aPlan({ clientToken: `token-${podUid}` });
	const bootingOn = (podUid: string, instance: Instance): CellIn<"Booting"> =>
		booting(aLaunchingCell(podUid, planFor(podUid)), instance, now);

	return {
		ports,
		instances,
		parameters,
		limits,
		lines,
		woken,
		asked,
		history: history as readonly Cell[],
		machine,
		planFor,
		bootingOn,
		/** A pod's cell that is booting, or ready, on a machine of its own. */
		async cell(podUid: string, phase: "Booting" | "Ready" = "Ready") {
			const instance = await machine(podUid);
			const born = bootingOn(podUid, instance);
			const cell = phase === "Ready" ? ready(born, now, now) : born;
			await table.claim(cell, signal);
			return instance.instanceId;
		},
		claim: async (cell: Cell) => void (await table.claim(cell, signal)),
		async standing(podUid: string): Promise<Cell> {
			const cell = await table.get(podUid, signal);
			if (cell === undefined) throw new Error("no record");
			return cell;
		},
		/** The clock moves only here. */
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1000);
		},
		run: async (over: Partial<JanitorPorts> = {}, until = signal) =>
			await sweep({ ...ports, ...over }, until),
		/** What a metric's observations were, since the last time. */
		metric(name: string): readonly number[] {
			return lines.splice(0).flatMap((line) => {
				const value: unknown = JSON.parse(line)[name];
				return typeof value === "number" ? [value] : [];
			});
		},
	};
}
