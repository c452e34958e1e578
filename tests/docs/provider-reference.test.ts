import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import {
	exampleText,
	type ProviderField,
	providerFields,
} from "../../infra/docs/provider-fields.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import { faultText } from "../../shared/errors.ts";
import { merged } from "../support/merged.ts";
import { allPages, type Page } from "./pages.ts";

const fields = providerFields();
const inForce = fields.filter(({ schema }) => schema.withoutEffect === undefined);
const settings = inForce.filter(({ schema }) => schema.properties === undefined);
const withExample = inForce.filter(({ schema }) => schema.example !== undefined);

/** An example at its place in the file. */
const placed = ({ path, schema }: ProviderField): unknown =>
	path
		.split(".")
		.reverse()
		.reduce((inner: unknown, key) => ({ [key]: inner }), schema.example);

/** A file that the examples complete: everything but a subnet, and what some fields need beside them. */
const base = {
	cloud: { aws: { region: "us-east-1" } },
	cells: {
		defaultInstanceType: "t3.nano",
		volumeEncryption: "on",
		defaultIAMPermissions: "cells",
	},
};
const subnet = { cloud: { aws: { subnetID: "subnet-01234567" } } };

const warningsOf = (file: unknown) => parseProvider(JSON.stringify(file)).warnings;

describe("the fields of provider.yaml", () => {
	it("are many", () => {
		expect(settings.length).toBeGreaterThan(50);
	});

	it.each(settings)("$path says what it means, holds and was to Kip", ({ schema }) => {
		expect(schema.description).toMatch(/^[A-Z`].*\.$/);
		expect(schema).toHaveProperty("example");
		expect(schema.kip).toMatch(/^(same|other (default|effect)|not there)\b.*\.$/);
		expect(schema.expected ?? schema.enum ?? schema.type).toBeDefined();
	});

	it.each(settings.filter(({ schema: { type } }) => type === "integer"))(
		"$path has the bounds that it says",
		({ schema: { expected, minimum, maximum } }) => {
			expect(expected).toMatch(new RegExp(` from ${minimum} to ${maximum}$`));
		},
	);

	it.each(withExample)("$path has an example that is written as it is meant", (field) => {
		expect(load(exampleText(field))).toEqual({
			[field.path.split(".").at(-1) ?? ""]: field.schema.example,
		});
	});

	it.each(withExample)("$path has an example that holds", (field) => {
		const file = merged(base, placed(field));
		const complete = /subnetIDs?$/.test(field.path) ? file : merged(file, subnet);
		expect(warningsOf(complete)).toEqual([]);
	});

	it("have examples that hold together", () => {
		const alternatives = /^(cloud\.aws\.subnetID|cells\.bootImageSpec)(\.|$)/;
		const chosen = withExample.filter(({ path }) => !alternatives.test(path));
		expect(chosen.length).toBeGreaterThan(50);
		expect(warningsOf(chosen.map(placed).reduce(merged))).toEqual([]);
	});
});

/** Words between single backquotes that are, or begin with, the path of a field. */
const namedPaths = ({ prose }: Page): readonly string[] =>
	prose.flatMap((line) =>
		[
			...line.matchAll(/`(?<path>(?:cloud|cells|limits|launch|janitor)(?:\.\w+)+)(?:: [^`]*)?`/g),
		].map(({ groups }) => groups?.["path"] ?? ""),
	);

const pages = await allPages();
const pageAt = (wanted: string): Page => {
	const page = pages.find(({ path }) => path === wanted);
	if (page === undefined) throw new RangeError(`there is no ${wanted}`);
	return page;
};

describe("docs/provider.md", () => {
	it("has every field that has an effect", () => {
		const headings = pageAt("docs/provider.md").prose.join("\n");
		expect(inForce.filter(({ path }) => !headings.includes(`\`${path}\``))).toEqual([]);
	});

	const known = new Set(fields.map(({ path }) => path));
	const written = pages.filter(({ path }) => path !== "CHANGELOG.md" && !path.includes("/adr/"));

	it.each(written)("$path names no field that there isn't", (page) => {
		expect(namedPaths(page).filter((path) => !known.has(path) && path !== "cloud.aws")).toEqual([]);
	});
});

describe("docs/coming-from-kip.md", () => {
	const page = pageAt("docs/coming-from-kip.md");

	it("has every field that has no effect, with what it was to Kip", () => {
		const rows = page.prose.filter((line) => line.startsWith("| `"));
		for (const { path, schema } of fields) {
			if (schema.withoutEffect === undefined) continue;
			expect(rows).toContain(`| \`${path}\` | ${schema.kip} | ${schema.withoutEffect} |`);
		}
	});

	it("shows exactly what is said about a Kip user's file, which is accepted", async () => {
		const { warnings } = await loadProvider("examples/kip/provider.yaml", checkCloudInit);
		const said = warnings.map((each) => `warning: ${faultText(each)}`).join("\n");
		expect(warnings.length).toBeGreaterThan(3);
		expect(page.blocks.map(({ text }) => text)).toContain(said);
	});
});

describe("provider.yaml of this repository", () => {
	const text = readFileSync("provider.yaml", "utf8");

	it("leads to the reference", () => {
		expect(text).toContain("docs/provider.md");
	});

	it("has every setting, some of them commented", () => {
		const key = ({ path }: ProviderField): string => path.split(".").at(-1) ?? "";
		expect(settings.map(key).filter((each) => !new RegExp(`\\b${each}\\b`).test(text))).toEqual([]);
	});
});
