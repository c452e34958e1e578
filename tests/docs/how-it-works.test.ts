import { readFileSync } from "node:fs";
import { join, normalize, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/how-it-works.md"), "utf8");

/** Source files that the page names, in its order. */
const named = [...page.matchAll(/\]\(\.\.\/(?<path>(?:functions|shared|infra)\/[^)]+\.ts)\)/g)].map(
	({ groups }) => groups?.["path"] ?? "",
);

const importsOf = (path: string): readonly string[] =>
	[...readFileSync(join(root, path), "utf8").matchAll(/ from "(?<to>\.[^"]+)"/g)].map(
		({ groups }) => normalize(join(path, "..", groups?.["to"] ?? "")),
	);

/** Where the outside begins: nothing imports these. */
const isEntry = (path: string): boolean =>
	/^functions\/[^/]+\/index\.ts$/.test(path) || path === "infra/local/stack.ts";

describe("the walk of one pod through the files", () => {
	it("names most of the flows", () => {
		expect(named.length).toBeGreaterThan(60);
	});

	it.each(named.map((path, index) => ({ path, before: named.slice(0, index) })))(
		"reaches $path from a file that it has reached before",
		({ path, before }) => {
			if (isEntry(path) || before.includes(path)) return;
			expect(before.filter((each) => importsOf(each).includes(path))).not.toEqual([]);
		},
	);
});
