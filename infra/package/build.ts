/**
 * `npm run build`: dist/, what the package runs. JavaScript of the command line, the embedded stack and the library,
 * declarations of the library, the console's finished page, and the host of simulated cells in one file.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pageFiles } from "../console/page-files.ts";
import { hostCode } from "../local/cell/host-code.ts";
import { reachableDeclarations } from "./declarations.ts";

const root = resolve(import.meta.dirname, "../..");
const dist = join(root, "dist");
const page = "infra/console/page";
const host = "infra/local/cell";

/** What bundles hold besides our own code, whose licences ask to be passed on. */
const bundled = new Map([
	[page, ["preact", "uplot"]],
	[host, ["js-yaml"]],
]);

if (import.meta.main) {
	let isWhole = false;
	rmSync(dist, { recursive: true, force: true });
	try {
		if (compiled()) {
			keepDeclarationsOf("client/index.d.ts");
			await writePage();
			// It is read, not imported, and stands alone.
			writeFileSync(join(dist, host, "host.js"), hostCode());
			copyLicences();
			isWhole = true;
		}
	} finally {
		// Nobody packs half of it.
		if (!isWhole) {
			rmSync(dist, { recursive: true, force: true });
			process.exitCode = 1;
		}
	}
}

/** Faults are printed by tsc. */
function compiled(): boolean {
	const tsc = join(root, "node_modules/.bin/tsc");
	return (
		spawnSync(tsc, ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" }).status === 0
	);
}

/** Whoever calls the command line needs no types. */
function keepDeclarationsOf(entry: string): void {
	const kept = reachableDeclarations(join(dist, entry), (path) => readFileSync(path, "utf8"));
	for (const name of globSync("**/*.d.ts", { cwd: dist })) {
		const path = join(dist, name);
		if (!kept.has(path)) rmSync(path);
	}
}

async function writePage(): Promise<void> {
	const folder = join(dist, page);
	mkdirSync(folder, { recursive: true });
	for (const { path, body } of await pageFiles(pathToFileURL(`${join(root, page)}/`)))
		writeFileSync(join(folder, path === "/" ? "index.html" : path), body);
}

function copyLicences(): void {
	for (const [folder, libraries] of bundled)
		for (const library of libraries)
			copyFileSync(
				join(root, "node_modules", library, "LICENSE"),
				join(dist, folder, `${library}.LICENSE`),
			);
}
