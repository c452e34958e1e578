import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { ended, run, started } from "../proof/processes.ts";

type Environment = Readonly<Record<string, string>>;

/** Where somebody types what the page says, with Python's programs on their path. */
export type Terminal = ReturnType<typeof terminal>;

export function terminal(folder: string, python: string, env: Environment) {
	const own = { ...env, PATH: `${dirname(python)}:${env["PATH"] ?? ""}`, HOME: folder };
	const file = async (name: string, text: string): Promise<string> => {
		const path = join(folder, name);
		await writeFile(path, `${text}\n`);
		return path;
	};
	return {
		file,
		/** @throws with what it wrote last when a command fails. */
		async shell(text: string, more: Environment = {}): Promise<string> {
			const strict = ["-euo", "pipefail", "-c", text];
			return (await run("bash", strict, { ...own, ...more }, 60_000, folder)).output;
		},
		/** @throws with its trace when it fails. */
		async python(text: string, more: Environment = {}): Promise<string> {
			const path = await file("program.py", text);
			return (await run(python, [path], { ...own, ...more }, 60_000, folder)).output;
		},
		/** A program that runs until it is ended, with the lines that it has printed. */
		async service(text: string) {
			const child = started(python, [await file("service.py", text)], own, folder);
			const lines: string[] = [];
			for (const stream of [child.stdout, child.stderr])
				if (stream !== null)
					createInterface({ input: stream }).on("line", (line) => lines.push(line));
			return { lines: lines as readonly string[], end: async () => await ended(child) };
		},
		/** Faults of each value by a published schema, as Python's jsonschema sees them: nothing of ours. */
		async faults(
			schemaFile: URL,
			values: readonly unknown[],
		): Promise<readonly (readonly string[])[]> {
			const schema: unknown = JSON.parse(await readFile(schemaFile, "utf8"));
			const given = await file("values.json", JSON.stringify({ schema, values }));
			const validator = join(import.meta.dirname, "validate.py");
			return JSON.parse((await run(python, [validator, given], own, 60_000)).output);
		},
	};
}
