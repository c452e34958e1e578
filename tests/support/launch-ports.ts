import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { cellParametersRenderer } from "../../shared/bootstrap/cell-parameters.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { issuersOf } from "./authorities.ts";
import { anImage, morning } from "./cells.ts";
import { memoryCellParameters } from "./memory-cell-parameters.ts";
import { memoryCells } from "./memory-cells.ts";
import { memoryInstances } from "./memory-instances.ts";
import { memorySetAsideList } from "./memory-set-aside.ts";
import { aLog, someMetrics } from "./telemetry.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../provider.yaml"), "utf8");
const { config } = parseProvider(text);
const issuers = issuersOf(morning);
const catalogue = packagedCatalogue("us-east-1");
const choose = offeringChooser(config, async () => catalogue);
const userDataFor = userDataRenderer({ cellConfig: {} });
const parametersFor = cellParametersRenderer({ cellConfig: {} });

/** Everything that launch touches, in memory, and what has happened to it. */
export function launchPorts(over: Partial<ReceivePorts> = {}) {
	const history: Cell[] = [];
	const checks: { podUid: string; delaySeconds: number; instancesThen: number }[] = [];
	const letters: { body: string; reason: string }[] = [];
	const lines: string[] = [];
	const instances = memoryInstances();
	const parameters = memoryCellParameters();
	let now = morning;
	const ports: ReceivePorts = {
		cells: memoryCells((cell) => history.push(cell)),
		instances,
		checks: {
			async ask(podUid, _attempt, delaySeconds) {
				checks.push({ podUid, delaySeconds, instancesThen: instances.living().length });
			},
		},
		deadLetters: { keep: async (body, reason) => void letters.push({ body, reason }) },
		subnets: {
			list: async () => [
				{ subnetId: "subnet-a", zoneId: "use1-az1", zone: "us-east-1a", freeAddresses: 200 },
				{ subnetId: "subnet-b", zoneId: "use1-az2", zone: "us-east-1b", freeAddresses: 200 },
			],
		},
		images: {
			find: async (_spec, architecture) => ({
				image: anImage({ architecture }),
				ageSeconds: 10,
				source: "cache",
			}),
			forget: async () => {},
		},
		setAside: memorySetAsideList(setAsideTimes(), () => now),
		setAsideTimes: setAsideTimes(),
		bootTimes: { seen: async () => [] },
		choose,
		issuers,
		userDataFor,
		parametersFor,
		cellParameters: parameters,
		config,
		configRevision: "0123456789ab",
		controllerId: "test",
		firstCheckSeconds: 20,
		by: "worker",
		asksLiveSeconds: 480,
		turns: { take: async () => now, throttled: async () => {} },
		limits: {
			take: async (shares) => new Set(shares.map(({ podUid }) => podUid)),
			giveBack: async () => {},
			keepOnly: async () => 0,
			held: async () => ({ cells: 0, hourlyUsd: 0 }),
		},
		now: () => now,
		log: aLog(lines),
		metrics: someMetrics(lines),
		...over,
	};
	return {
		ports,
		instances,
		parameters,
		history: history as readonly Cell[],
		checks: checks as readonly (typeof checks)[number][],
		letters,
		lines,
		/** The clock moves only here. */
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1000);
		},
	};
}
