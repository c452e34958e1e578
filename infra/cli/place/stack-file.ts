import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { invalid } from "../../../shared/errors.ts";

/** Where a running embedded stack says how to reach it, below the folder that it was started in. */
const path = ".cellwright/stack.json";

const StackFile = z.object({
	pid: z.int(),
	endpoints: z.object({
		sqs: z.string(),
		dynamodb: z.string(),
		ec2: z.string().optional(),
		ssm: z.string().optional(),
	}),
	podScheduledQueue: z.string(),
	cellsTable: z.string(),
	/** Path of the operator's configuration that it runs with. */
	providerFile: z.string().optional(),
	/** Address of the console's page, where one is served. */
	console: z.string().optional(),
});
export type StackFile = Readonly<z.infer<typeof StackFile>>;

/**
 * Says how to reach this process's stack.
 *
 * @throws ProvisionerError `invalid` when another one has begun meanwhile.
 */
export function writeStackFile(file: StackFile): void {
	checkNoStackRuns();
	mkdirSync(dirname(path), { recursive: true });
	// Whoever reads it meanwhile finds all of it or none.
	const written = `${path}.${file.pid}`;
	writeFileSync(written, `${JSON.stringify(file, undefined, "\t")}\n`);
	renameSync(written, path);
}

/** Another stack's stays. */
export function removeStackFile(): void {
	if (readStackFile()?.pid === process.pid) rmSync(path, { force: true });
}

/**
 * Commands find one stack in a folder.
 *
 * @throws ProvisionerError `invalid` when there is one already.
 */
export function checkNoStackRuns(): void {
	const stack = readStackFile();
	if (stack === undefined) return;
	const problem = `a stack runs in this folder already, as process ${stack.pid}: end it by Ctrl-C, or start this one in another folder; if that process is something else, remove ${path}`;
	throw invalid("InvalidOption", [{ path: "up", problem }]);
}

/** @returns undefined when no stack that was started in this folder is running. */
export function readStackFile(): StackFile | undefined {
	const file = StackFile.safeParse(contentOf(path));
	return file.success && isRunning(file.data.pid) ? file.data : undefined;
}

/** Undefined where there is none, or half of one. */
function contentOf(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return undefined;
	}
}

const isRunning = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};
