import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { ended, started } from "../proof/processes.ts";
import { eventually, must } from "../proof/steps.ts";
import type { Project } from "./project.ts";

type Environment = Readonly<Record<string, string>>;

const StackFile = z.object({
	endpoints: z.object({ sqs: z.string(), dynamodb: z.string() }),
	console: z.string(),
});

/** `cellwright up` of an installed package, in a folder that holds nothing of ours. */
export type Stack = z.infer<typeof StackFile> &
	Readonly<{
		/** All that it has printed. */
		lines: readonly string[];
		/** As Ctrl-C does. @returns its exit code. */
		end(): Promise<number | null>;
	}>;

export async function stackOf(
	{ folder }: Project,
	env: Environment,
	closers: (() => unknown)[],
): Promise<Stack> {
	const child = started(join(folder, "node_modules/.bin/cellwright"), ["up"], env, folder);
	closers.unshift(async () => await ended(child));
	const lines: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		if (stream !== null) createInterface({ input: stream }).on("line", (line) => lines.push(line));
	const said = () => lines.slice(-25).join("\n");
	const file = await eventually(
		"the stack says how to reach it",
		async () => {
			if (child.exitCode !== null) throw new Error(`cellwright up ended:\n${said()}`);
			return await readFile(join(folder, ".cellwright/stack.json"), "utf8").catch(() => undefined);
		},
		60,
		said,
	);
	return {
		...StackFile.parse(JSON.parse(file)),
		lines,
		async end() {
			const closed = once(child, "close");
			process.kill(-(child.pid ?? 0), "SIGINT");
			await closed;
			return child.exitCode;
		},
	};
}

/** The console's page comes out of the package as it was built. @returns its files, with their lengths. */
export async function pageOf({ console: address }: Stack): Promise<string> {
	const seen = [];
	for (const path of ["", "main.js", "main.css", "icon.svg"]) {
		const answer = await fetch(new URL(path, address));
		const { length } = await answer.text();
		must(answer.ok && length > 0, `${address}${path}: ${answer.status}, ${length} characters`);
		seen.push(`/${path} ${length}`);
	}
	return seen.join(", ");
}
