import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { allPages } from "./pages.ts";

const Settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const { params } = z
	.object({ params: z.object({ default: Settings, dev: Settings, test: Settings }) })
	.parse(load(readFileSync("serverless.yml", "utf8")));

/** The defaults that the table of docs/deploy.md shows, by setting. */
const shown = async (): Promise<ReadonlyMap<string, string>> => {
	const page = (await allPages()).find(({ path }) => path === "docs/deploy.md");
	const prose = page?.prose ?? [];
	const table = prose.slice(prose.indexOf("## Settings"), prose.indexOf("## The network"));
	return new Map(
		table.flatMap((line) => {
			const [, name, value] = /^\| `(\w+)` \| (.*?) \|/.exec(line) ?? [];
			return name === undefined || value === undefined ? [] : [[name, value.replaceAll("`", "")]];
		}),
	);
};

describe("the settings in docs/deploy.md", async () => {
	const table = await shown();

	it("are serverless.yml's", () => {
		expect([...table.keys()].toSorted()).toEqual(Object.keys(params.default).toSorted());
	});

	it.each(Object.entries(params.default).filter(([, value]) => value !== ""))(
		"%s has the default %s",
		(name, value) => {
			expect(table.get(name)?.split("; ")[0]).toBe(String(value));
		},
	);

	it.each(
		(["dev", "test"] as const).flatMap((stage) =>
			Object.entries(params[stage]).map(([name, value]) => ({ stage, name, value })),
		),
	)("$name of the stage $stage is $value", ({ stage, name, value }) => {
		const said =
			table
				.get(name)
				?.split("; ")
				.find((part) => part.includes(stage)) ?? "";
		expect(said.split(": ").at(-1)).toBe(String(value));
	});
});
