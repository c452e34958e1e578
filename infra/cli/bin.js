#!/usr/bin/env node
// Plain JavaScript without top-level await, which Nodes since 12.20 can read: older ones than 24 say what is needed.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

if (Number(process.versions.node.split(".")[0]) < 24) {
	process.stderr.write(
		`cellwright: the command line needs Node 24 or newer, this is ${process.versions.node}; see https://nodejs.org/en/download\n`,
	);
	process.exitCode = 2;
} else {
	// A package has only what was built: in node_modules Node runs no TypeScript.
	const source = new URL("./cellwright.ts", import.meta.url);
	const built = new URL("../../dist/infra/cli/cellwright.js", import.meta.url);
	const isCheckout = existsSync(source);
	// Types are stripped and code is compiled at the first start only: every later one takes half the time.
	if (isCheckout) {
		const cache = new URL("../../node_modules/.cache/cellwright", import.meta.url);
		nodeModule.enableCompileCache(fileURLToPath(cache));
	}
	void import((isCheckout ? source : built).href);
}
