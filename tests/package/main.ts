/**
 * `npm run test:package`: packs the package, installs it into somebody's project, and uses it there as they would: types,
 * library, command line, the whole system. Exits 1 if anything isn't as it should be; leaves nothing behind. npm's
 * registry is asked for the package's dependencies.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { asProof } from "../proof/as-proof.ts";
import { quietEnvironment } from "../support/quiet-environment.ts";
import { prove } from "./prove.ts";

await asProof(async (closers) => {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-package-"));
	closers.push(async () => await rm(folder, { recursive: true, force: true }));
	const searchPath = process.env["PATH"] ?? "";
	// Whoever installs the package has its Node first, and none of this checkout's programs.
	const others = searchPath.split(delimiter).filter((each) => !each.includes("node_modules"));
	const path = [dirname(process.execPath), ...others].join(delimiter);
	await prove(folder, { ...quietEnvironment(), PATH: path }, searchPath, closers);
});
