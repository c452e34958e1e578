import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cell } from "../../shared/cells/model.ts";
import { faultText, invalid } from "../../shared/errors.ts";
import { expectAnnotation } from "../../shared/pods/annotations.ts";
import type { BootTime } from "../local/cell/boot-time.ts";
import { names } from "../local/names.ts";
import { type Stack, startStack } from "../local/stack.ts";
import { type CapacityOptions, capacityFrom } from "./capacity-options.ts";
import { cellTable } from "./cell-table.ts";
import { liveScreen } from "./live-screen.ts";
import { type PodManifest, podScheduledMessage, podsIn } from "./manifest.ts";
import { removeStackFile, writeStackFile } from "./stack-file.ts";

export type UpOptions = Readonly<{
	once: boolean;
	provider: string;
	pods: string;
	bootSeconds: string;
}> &
	CapacityOptions;

const logFolder = ".cellwright/logs";
/** With --once: a pod that has no answer by then never gets one. */
const patienceMs = 120_000;

/** Runs the embedded stack with a live table of its cells, until Ctrl-C or, with --once, every answer. */
export async function upCommand(options: UpOptions): Promise<void> {
	const pods = await examplePods(options.pods);
	const cells = new Map<string, Cell>();
	const screen = liveScreen(process.stdout, (colored) => cellTable([...cells.values()], colored));
	const answered = Promise.withResolvers<void>();
	const onCell = (cell: Cell) => {
		cells.set(cell.podUid, cell);
		screen.changed(statusLine(cell));
		if (pods.every(({ metadata }) => isAnswered(cells.get(metadata.uid)))) answered.resolve();
	};
	const { capacitySetAsideSeconds, ...capacity } = capacityFrom(options);
	const stack = await startStack({
		providerFile: options.provider,
		logFolder,
		ec2: { bootTime: bootTimeFrom(options.bootSeconds), ...capacity },
		...(capacitySetAsideSeconds === undefined ? {} : { capacitySetAsideSeconds }),
		onCell,
	});
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
	try {
		announce(stack);
		for (const pod of pods) await stack.enqueue(podScheduledMessage(pod));
		await Promise.race([interrupted, ...(options.once ? [answered.promise, patience()] : [])]);
	} finally {
		screen.close();
		removeStackFile();
		await stack.stop();
	}
	if (options.once) process.exitCode = verdict(pods, cells);
}

/** `3` or `3:0.5`: the median in seconds, and how far boot times spread around it. */
function bootTimeFrom(text: string): BootTime {
	const match = /^(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/.exec(text);
	if (match === null)
		throw invalid("InvalidOption", [
			{
				path: "--boot-seconds",
				value: text,
				problem: "must be seconds, or seconds:spread as in 3:0.5",
			},
		]);
	return { medianMs: Number(match[1]) * 1000, spread: Number(match[2] ?? "0.25") };
}

async function examplePods(folder: string): Promise<readonly PodManifest[]> {
	const entries = await readdir(folder).catch(() => {
		throw invalid("InvalidOption", [
			{ path: "--pods", value: folder, problem: "must be a folder of manifests" },
		]);
	});
	const files = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
	const pods = [];
	for (const name of files) {
		const path = join(folder, name);
		pods.push(...podsIn(await readFile(path, "utf8"), path));
	}
	return pods;
}

function announce(stack: Stack): void {
	writeStackFile({
		pid: process.pid,
		endpoints: stack.endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	});
	const { sqs, dynamodb, ec2 } = stack.endpoints;
	for (const warning of stack.provider.warnings) console.log(`warning: ${faultText(warning)}`);
	console.log(`SQS ${sqs}, queue ${names.podScheduled}`);
	console.log(`DynamoDB ${dynamodb}, table ${names.cells}`);
	console.log(`EC2 (simulated) ${ec2}`);
	console.log(`Logs in ${logFolder}/; another pod: npx cellwright launch -f pod.yaml`);
	console.log("One pod less: npx cellwright delete <namespace/name>\n");
}

/** The pod's cell is up, or it never will be, and nothing of it is left that costs money. */
const isAnswered = (cell: Cell | undefined): boolean =>
	cell?.phase === "Ready" ||
	(cell?.phase === "Failed" && (cell.instance === undefined || cell.stages.endedAt !== undefined));

const statusLine = (cell: Cell): string => {
	const { pod, phase, attempt } = cell;
	const why = "reason" in cell ? `: ${cell.reason}` : "";
	return `${pod.namespace}/${pod.name} ${phase}${why}${attempt > 1 ? ` (attempt ${attempt})` : ""}`;
};

async function patience(): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	setTimeout(resolve, patienceMs).unref();
	await promise;
}

/** 0 when each pod ended as its annotation says; what did not is printed. */
function verdict(pods: readonly PodManifest[], cells: ReadonlyMap<string, Cell>): number {
	const wrong = pods.flatMap(({ metadata: { uid, name, annotations } }) => {
		const expected = annotations[expectAnnotation] ?? "Ready";
		const found = outcomeOf(cells.get(uid));
		return found === expected ? [] : [`${name}: expected ${expected}, found ${found}`];
	});
	for (const line of wrong) console.log(line);
	console.log(
		wrong.length === 0
			? `all ${pods.length} pods ended as expected`
			: `${wrong.length} of ${pods.length} pods did not end as expected`,
	);
	return wrong.length === 0 ? 0 : 1;
}

const outcomeOf = (cell: Cell | undefined): string => {
	if (cell === undefined) return "no record";
	return cell.phase === "Failed" ? `Failed:${cell.reason}` : cell.phase;
};
