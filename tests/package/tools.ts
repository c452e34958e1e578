import { access, constants, readdir, readFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { run } from "../proof/processes.ts";

export const root = resolve(import.meta.dirname, "../..");

/** The machine's own Node, where it is another than this one: its path and version. */
export async function otherNode(
	searchPath: string,
): Promise<Readonly<{ path: string; version: string }> | undefined> {
	for (const folder of searchPath.split(delimiter)) {
		const path = join(folder, "node");
		const isThere = await access(path, constants.X_OK).then(
			() => !folder.includes("node_modules"),
			() => false,
		);
		if (!isThere) continue;
		const version = (await run(path, ["--version"], {}, 10_000)).output.trim();
		if (version.split(".")[0] !== process.version.split(".")[0]) return { path, version };
	}
	return undefined;
}

/** Processes whose command line names a folder, as far as the machine tells. */
export async function processesIn(folder: string): Promise<readonly string[]> {
	const names = await readdir("/proc").catch(() => []);
	const lines = await Promise.all(
		names
			.filter((name) => /^\d+$/.test(name))
			.map(async (id) => {
				// It may have ended meanwhile.
				const line = await readFile(join("/proc", id, "cmdline"), "utf8").catch(() => "");
				return line.includes(folder) ? `${id}: ${line.replaceAll("\0", " ")}` : "";
			}),
	);
	return lines.filter((line) => line !== "");
}
