import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { moduleBeside } from "../module-beside.ts";

/**
 * The host of agents as one file of plain JavaScript, so that no thread strips types or looks for modules: of a checkout
 * bundled now, of a package as it was built.
 */
export function hostCode(): string {
	const host = moduleBeside(import.meta.url, "./host");
	if (host.endsWith(".js")) return readFileSync(host, "utf8");
	// Only checkouts have it.
	const { buildSync }: typeof import("esbuild") = createRequire(import.meta.url)("esbuild");
	const { outputFiles } = buildSync({
		// The same bytes wherever it is called: comments in the bundle have paths.
		absWorkingDir: dirname(host),
		entryPoints: [host],
		bundle: true,
		platform: "node",
		target: "node24",
		format: "cjs",
		write: false,
		logLevel: "silent",
	});
	return outputFiles[0]?.text ?? "";
}
