import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { measuredFunction } from "./aws-metrics.ts";
import { type LocalFunction, localFunction } from "./lambda/function-process.ts";
import { moduleBeside } from "./module-beside.ts";

/** Function time-outs, in seconds; a queue's visibility time-out must not be below its function's. */
export const deployedTimeouts = {
	launch: 30,
	readiness: 30,
	terminate: 30,
	reconcile: 30,
	renewal: 30,
	images: 30,
	market: 60,
	interruptions: 30,
	janitor: 60,
} as const;
export type FunctionName = keyof typeof deployedTimeouts;

export type FunctionOptions = Readonly<{
	/** Functions' time-outs, other than as deployed. A message that nobody settles returns by its function's. */
	timeoutSeconds?: Partial<Record<FunctionName, number>>;
	/** Folder for the functions' logs, a file each; absent: they are dropped. */
	logFolder?: string;
	/** Each line of a function's log. */
	onLine?(functionName: string, line: string): void;
	/** Takes what AWS would measure of the functions and queues, as lines of metrics. */
	onAwsMetric?(line: string): void;
}>;

/** Every function, each in a process of its own that begins when it is first needed. */
export function startFunctions(
	env: Readonly<Record<string, string>>,
	{ logFolder, onLine, onAwsMetric, timeoutSeconds }: FunctionOptions,
): Readonly<Record<FunctionName, LocalFunction>> {
	if (logFolder !== undefined) mkdirSync(logFolder, { recursive: true });
	const timeouts = { ...deployedTimeouts, ...timeoutSeconds };
	const started = (name: FunctionName): LocalFunction => {
		const log =
			logFolder === undefined ? undefined : createWriteStream(join(logFolder, `${name}.jsonl`));
		const entry = moduleBeside(import.meta.url, `../../functions/${name}/index`);
		const target = localFunction({ name, entry, env, timeoutSeconds: timeouts[name] }, (line) => {
			log?.write(`${line}\n`);
			onLine?.(name, line);
		});
		return onAwsMetric === undefined
			? target
			: measuredFunction(target, `cellwright-${name}`, onAwsMetric);
	};
	return {
		launch: started("launch"),
		readiness: started("readiness"),
		terminate: started("terminate"),
		reconcile: started("reconcile"),
		renewal: started("renewal"),
		images: started("images"),
		market: started("market"),
		interruptions: started("interruptions"),
		janitor: started("janitor"),
	};
}
