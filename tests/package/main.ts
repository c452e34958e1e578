/**
 * `npm run test:package`: packs the package, installs it into somebody's project, and uses it there as they would: types,
 * library, command line, the whole system. Exits 1 if anything isn't as it should be; leaves nothing behind. npm's
 * registry is asked for the package's dependencies.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { endProcesses } from "../deploy/processes.ts";
import { print } from "../deploy/steps.ts";
import { prove } from "./prove.ts";
import { quietEnvironment } from "./tools.ts";

const closers: (() => unknown)[] = [];
const searchPath = process.env["PATH"] ?? "";

async function close(): Promise<void> {
	for (const each of closers.splice(0))
		try {
			await each();
		} catch (error) {
			process.exitCode = 1;
			print(`not ended cleanly: ${error}`);
		}
}

// However it ends, nothing that it has started runs on.
process.once("exit", endProcesses);

for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, () => {
		print(`${signal}: ending everything`);
		void close().finally(() => process.exit(1));
	});

try {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-package-"));
	closers.push(async () => await rm(folder, { recursive: true, force: true }));
	// Whoever installs the package has its Node first, and none of this checkout's programs.
	const others = searchPath.split(delimiter).filter((each) => !each.includes("node_modules"));
	const path = [dirname(process.execPath), ...others].join(delimiter);
	await prove(folder, quietEnvironment(process.env, path), searchPath, closers);
} catch (error) {
	process.exitCode = 1;
	print(String(error instanceof Error ? error.message : error));
} finally {
	await close();
}
