import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as annotated from "../../shared/pods/annotations.ts";
import { allPages } from "./pages.ts";

const keys = Object.values(annotated).flatMap((each) =>
	typeof each === "object" && "key" in each ? [each.key] : [],
);
const known = new Set([...keys, annotated.expectAnnotation]);

/** Tags and messages have names of this kind as well, which no pod carries. */
const isAnnotation = (name: string): boolean =>
	/^pod\.elotl\.co\/.|^cellwright\.dev\/expect/.test(name);

const named = (text: string): readonly string[] =>
	[...text.matchAll(/\b(?:pod\.elotl\.co|cellwright\.dev)\/[\w-]*/g)]
		.map(([name]) => name)
		.filter(isAnnotation);

describe("annotations", async () => {
	const pages = await allPages();

	it("are nine of Kip's", () => {
		expect(keys).toHaveLength(9);
	});

	it.each(["docs/pods.md", "docs/coming-from-kip.md"])("all stand in %s, a row each", (path) => {
		const { prose = [] } = pages.find((page) => page.path === path) ?? {};
		for (const key of keys)
			expect(prose.filter((line) => line.startsWith(`| \`${key}\` |`))).toHaveLength(1);
	});

	it.each(pages)("$path names none that there isn't", ({ prose, blocks }) => {
		const text = [...prose, ...blocks.map((block) => block.text)].join("\n");
		expect(named(text).filter((name) => !known.has(name))).toEqual([]);
	});

	it("of the examples exist", async () => {
		for await (const path of glob("examples/**/*.yaml")) {
			const unknown = named(await readFile(path, "utf8")).filter((name) => !known.has(name));
			expect({ path, unknown }).toEqual({ path, unknown: [] });
		}
	});
});
