import { createWriteStream, mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cell } from "../../shared/cells/model.ts";
import { type Fault, faultText, invalid } from "../../shared/errors.ts";
import { expectAnnotation } from "../../shared/pods/annotations.ts";
import { stackFeed, startStackConsole } from "../console/stack-console.ts";
import type { BootTime } from "../local/cell/boot-time.ts";
import { names } from "../local/names.ts";
import { type Stack, type StackOptions, startStack } from "../local/stack.ts";
import { type CapacityOptions, capacityFrom } from "./capacity-options.ts";
import { lossText } from "./cell-news.ts";
import { cellTable } from "./cell-table.ts";
import { liveScreen } from "./live-screen.ts";
import { type PodManifest, podScheduledMessage, podsIn } from "./manifest.ts";
import { type MisfortuneOptions, misfortunesFrom } from "./misfortune-options.ts";
import { sufferMisfortunes } from "./misfortunes.ts";
import { secondsFrom } from "./option-values.ts";
import { hereOrPackaged } from "./package-files.ts";
import { noticeText } from "./pod-story.ts";
import { removeStackFile, writeStackFile } from "./stack-file.ts";

export type UpOptions = Readonly<{
	once: boolean;
	provider: string;
	pods: string;
	bootSeconds: string;
	bootTimeoutSeconds?: string;
	throttling?: string;
	/** False: no page is served. */
	console: boolean;
	consolePort?: string;
}> &
	CapacityOptions &
	MisfortuneOptions;

const logFolder = ".cellwright/logs";
/** With --once: a pod that has no answer by then never gets one. */
const patienceMs = 120_000;

/** Runs the embedded stack with a live table of its cells, until Ctrl-C or, with --once, every answer. */
export async function upCommand(given: UpOptions): Promise<void> {
	const options = {
		...given,
		provider: hereOrPackaged(given.provider, console.log),
		pods: hereOrPackaged(given.pods, console.log),
	};
	const pods = await examplePods(options.pods);
	const cells = new Map<string, Cell>();
	const screen = liveScreen(process.stdout, (colored) => cellTable([...cells.values()], colored));
	const answered = Promise.withResolvers<void>();
	const consolePort = consolePortFrom(options.consolePort);
	const feed = stackFeed(Date.now);
	const misfortunes = sufferMisfortunes(misfortunesFrom(options));
	const isAnswered = (cell: Cell | undefined) =>
		cell !== undefined && isOver(cell) && !misfortunes.isPending(cell);
	let stack: Stack | undefined;
	const onCell = (cell: Cell) => {
		cells.set(cell.podUid, cell);
		screen.changed(statusLine(cell));
		feed.pods.onCell(cell);
		if (stack !== undefined) misfortunes.onCell(cell, stack.ec2);
		if (pods.every(({ metadata }) => isAnswered(cells.get(metadata.uid)))) answered.resolve();
	};
	mkdirSync(logFolder, { recursive: true });
	const awsMetrics = createWriteStream(join(logFolder, "aws.jsonl"));
	const onAwsMetric = (line: string) => {
		awsMetrics.write(`${line}\n`);
		feed.charts.take(line);
	};
	stack = await startStack({
		...stackOptionsFrom(options),
		onCell,
		onEvent: feed.pods.onEvent,
		onLine: (_, line) => feed.charts.take(line),
		onAwsMetric,
	});
	const page = options.console
		? await startStackConsole({
				stack,
				feed,
				providerFile: options.provider,
				port: consolePort,
			}).catch(withoutConsole)
		: undefined;
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
	try {
		announce(stack, page?.url);
		for (const pod of pods) await stack.enqueue(podScheduledMessage(pod));
		await Promise.race([interrupted, ...(options.once ? [answered.promise, patience()] : [])]);
	} finally {
		misfortunes.stop();
		screen.close();
		removeStackFile();
		await page?.close();
		await stack.stop();
	}
	if (options.once) process.exitCode = verdict(pods, cells);
}

/** @throws ProvisionerError `invalid` `InvalidOption` with the faults of an option. */
function stackOptionsFrom(options: UpOptions): StackOptions {
	const { capacitySetAsideSeconds, ...capacity } = capacityFrom(options);
	const bootTimeoutSeconds = bootTimeoutFrom(options.bootTimeoutSeconds);
	const throttling = throttlingFrom(options.throttling);
	return {
		providerFile: options.provider,
		logFolder,
		ec2: {
			bootTime: bootTimeFrom(options.bootSeconds),
			...capacity,
			...(throttling === undefined ? {} : { throttling }),
		},
		...(bootTimeoutSeconds === undefined ? {} : { bootTimeoutSeconds }),
		...(capacitySetAsideSeconds === undefined ? {} : { capacitySetAsideSeconds }),
	};
}

function bootTimeoutFrom(text: string | undefined): number | undefined {
	const faults: Fault[] = [];
	const seconds = secondsFrom("--boot-timeout-seconds", text, faults);
	if (faults.length > 0) throw invalid("InvalidOption", faults);
	return seconds;
}

function consolePortFrom(text: string | undefined): number {
	if (text === undefined) return 0;
	if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
	const problem = "must be a port from 1 to 65535, or 0 for one that the system chooses";
	throw invalid("InvalidOption", [{ path: "--console-port", value: text, problem }]);
}

function throttlingFrom(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) > 0) return Number(text);
	const problem = "must be a number above 0, such as 0.5: EC2's request rates times this";
	throw invalid("InvalidOption", [{ path: "--throttling", value: text, problem }]);
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

/** The stack is of use without it. */
function withoutConsole(error: unknown): undefined {
	const why = error instanceof Error ? error.message : String(error);
	console.log(`warning: no console: ${why}; --console-port takes another port, or 0 for any`);
	return undefined;
}

function announce(stack: Stack, consoleUrl: string | undefined): void {
	writeStackFile({
		pid: process.pid,
		endpoints: stack.endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
		...(consoleUrl === undefined ? {} : { console: consoleUrl }),
	});
	const { sqs, dynamodb, ec2 } = stack.endpoints;
	for (const warning of stack.provider.warnings) console.log(`warning: ${faultText(warning)}`);
	console.log(`SQS ${sqs}, queue ${names.podScheduled}`);
	console.log(`DynamoDB ${dynamodb}, table ${names.cells}`);
	console.log(`EC2 (simulated) ${ec2}`);
	if (consoleUrl !== undefined) console.log(`Console ${consoleUrl}`);
	console.log(`Logs in ${logFolder}/; another pod: npx cellwright launch -f pod.yaml`);
	console.log("One pod less: npx cellwright delete <namespace/name>\n");
}

/** The pod's cell is up, or it never will be, and nothing of it is left that costs money. */
const isOver = (cell: Cell): boolean =>
	cell.phase === "Ready" ||
	(cell.phase === "Failed" && (cell.instance === undefined || cell.stages.endedAt !== undefined));

const statusLine = (cell: Cell): string => {
	const { pod, phase, attempt, notice } = cell;
	const lost = phase === "Scheduled" ? lossText(cell) : undefined;
	const why = "reason" in cell ? `: ${cell.reason}` : "";
	const warned = notice === undefined ? "" : `, warned: ${noticeText(notice)}`;
	const news = lost === undefined ? `${why}${warned}` : `: ${lost}`;
	return `${pod.namespace}/${pod.name} ${phase}${news}${attempt > 1 ? ` (attempt ${attempt})` : ""}`;
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
