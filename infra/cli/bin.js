#!/usr/bin/env node
// Plain JavaScript without top-level await, which Nodes since 12.20 can read: older ones than 24 say what is needed.
import { existsSync } from "node:fs";

if (Number(process.versions.node.split(".")[0]) < 24) {
	process.stderr.write(
		`cellwright: the command line needs Node 24 or newer, this is ${process.versions.node}; see https://nodejs.org/en/download\n`,
	);
	process.exitCode = 2;
} else {
	// A package has only what was built: in node_modules Node runs no TypeScript.
	const source = new URL("./cellwright.ts", import.meta.url);
	const built = new URL("../../dist/infra/cli/cellwright.js", import.meta.url);
	void import((existsSync(source) ? source : built).href);
}
