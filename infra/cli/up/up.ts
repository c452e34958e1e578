import { createWriteStream, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { podScheduledMessage } from "../../../client/messages.ts";
import type { NamedPod } from "../../../client/model.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { faultText } from "../../../shared/errors.ts";
import { expectAnnotation } from "../../../shared/pods/annotations.ts";
import { stackFeed } from "../../console/stack-console.ts";
import { names } from "../../local/names.ts";
import { type Stack, startStack } from "../../local/stack.ts";
import { hereOrPackaged } from "../place/package-files.ts";
import { checkNoStackRuns, removeStackFile, writeStackFile } from "../place/stack-file.ts";
import { lossText } from "../records/cell-news.ts";
import { cellTable } from "../screen/cell-table.ts";
import { liveScreen } from "../screen/live-screen.ts";
import { newsFilter } from "../screen/news-filter.ts";
import { noticeText } from "../status/pod-story.ts";
import { firstPods } from "./first-pods.ts";
import { sufferMisfortunes } from "./misfortunes.ts";
import { upConsole, upSwitches } from "./up-console.ts";
import { type UpOptions, upSettingsFrom } from "./up-options.ts";

const logFolder = ".cellwright/logs";
/** With --once: a pod that has no answer by then never gets one. */
const patienceMs = 300_000;

/** Runs the embedded stack with a live table of its cells, until Ctrl-C or, with --once, every answer. */
export async function upCommand(given: UpOptions): Promise<void> {
	checkNoStackRuns();
	const options = {
		...given,
		provider: hereOrPackaged(given.provider, console.log),
		pods: hereOrPackaged(given.pods, console.log),
	};
	const settings = upSettingsFrom(options);
	const pods = await firstPods(options, console.log);
	const cells = new Map<string, Cell>();
	const screen = liveScreen(process.stdout, (canvas) => cellTable([...cells.values()], canvas));
	const isNews = newsFilter();
	const answered = Promise.withResolvers<void>();
	const feed = stackFeed(Date.now);
	const misfortunes = sufferMisfortunes(settings.misfortunes);
	const isAnswered = (cell: Cell | undefined) =>
		cell !== undefined && isOver(cell) && !misfortunes.isPending(cell);
	let stack: Stack | undefined;
	const onCell = (cell: Cell) => {
		cells.set(cell.podUid, cell);
		const line = statusLine(cell);
		if (isNews(cell.podUid, line)) screen.changed(line);
		else screen.redraw();
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
		...settings.stack,
		logFolder,
		onCell,
		onEvent: feed.pods.onEvent,
		onLine: (_, line) => feed.charts.take(line),
		onAwsMetric,
	});
	const switches = upSwitches(stack.ec2, settings, options.neverBoots);
	const page = await upConsole(options, {
		stack,
		feed,
		switches,
		providerFile: options.provider,
		port: settings.consolePort,
	});
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
	});
	try {
		announce(stack, options.provider, page?.url);
		for (const pod of pods) await stack.enqueue(podScheduledMessage(pod));
		await Promise.race([interrupted, ...(options.once ? [answered.promise, patience()] : [])]);
	} finally {
		misfortunes.stop();
		switches.stop();
		screen.close();
		removeStackFile();
		await page?.close();
		await stack.stop();
	}
	if (options.once) process.exitCode = verdict(pods, cells);
}

function announce(stack: Stack, providerFile: string, consoleUrl: string | undefined): void {
	writeStackFile({
		pid: process.pid,
		endpoints: stack.endpoints,
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
		providerFile: resolve(providerFile),
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
function verdict(pods: readonly NamedPod[], cells: ReadonlyMap<string, Cell>): number {
	const wrong = pods.flatMap(({ metadata: { uid, name, annotations } }) => {
		const expected = annotations?.[expectAnnotation] ?? "Ready";
		const found = outcomeOf(cells.get(uid));
		return found === expected ? [] : [`${name}: expected ${expected}, found ${found}`];
	});
	for (const line of wrong) console.log(line);
	console.log(
		wrong.length === 0
			? `${pods.length === 1 ? "the one pod" : `all ${pods.length} pods`} ended as expected`
			: `${wrong.length} of ${pods.length} pods did not end as expected`,
	);
	return wrong.length === 0 ? 0 : 1;
}

const outcomeOf = (cell: Cell | undefined): string => {
	if (cell === undefined) return "no record";
	return cell.phase === "Failed" ? `Failed:${cell.reason}` : cell.phase;
};
