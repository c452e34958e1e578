import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { zipped } from "../../../infra/deploy/zip.ts";

const run = promisify(execFile);
const made: string[] = [];
afterEach(async () => {
	for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

describe("a ZIP archive", () => {
	const files = [
		{ path: "index.mjs", content: "export const handler = () => 1;\n".repeat(2_000) },
		{ path: "provider.yaml", content: Buffer.from("cells: {}\n") },
		{ path: "folder/über.yaml", content: "" },
	];

	it("is unpacked by others, in folders and in UTF-8", async () => {
		const folder = await mkdtemp(join(tmpdir(), "cellwright-zip-"));
		made.push(folder);
		await writeFile(join(folder, "a.zip"), zipped(files));
		// Python's reader checks every sum, and is on each machine that CI runs on.
		const script =
			"import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])";
		await run("python3", ["-c", script, join(folder, "a.zip"), folder]);
		for (const { path, content } of files)
			expect(await readFile(join(folder, path), "utf8")).toBe(content.toString());
	});

	it("is the same bytes for the same files", () => {
		expect(zipped(files).equals(zipped(structuredClone(files)))).toBe(true);
		expect(zipped(files).equals(zipped(files.toReversed()))).toBe(false);
	});
});
