import fc from "fast-check";
import { dump, FAILSAFE_SCHEMA, load, realMapTag, type Schema, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { placeholderCredentials } from "../support/placeholder-credentials.ts";

const render = (cloudInit: string): string =>
	Buffer.from(
		userDataRenderer({ cloudInit, itzoVersion: "1.2.3", cellConfig: { a: "b" } })(
			placeholderCredentials,
			"x86_64",
		),
	).toString("utf8");

/** How Canonical's cloud-init reads it: values of YAML 1.1. */
const yaml11 = YAML11_SCHEMA.withTags(realMapTag);
/** How elotl's reads scalars: as the text that stands there. */
const texts = FAILSAFE_SCHEMA.withTags(realMapTag);

/** What YAML 1.1 takes for something else than text. */
const ambiguous = fc.constantFrom(
	..."yes no On off y N ~ null 0644 0x1F 0b11 1_000 1.10 -0 .inf .NaN 12:30 2001-12-14".split(" "),
	"2001-12-14 21:59:43.10 -5",
	"0o7",
	"1e3",
	"=",
);
const name = fc
	.stringMatching(/^[a-z][a-z0-9_]{0,11}$/)
	.filter((key) => key !== "write_files" && key !== "y" && key !== "n");
const text = fc.oneof(
	fc.string({ unit: "binary", maxLength: 30 }),
	fc.constantFrom("kept\n\n", "\n", " indented\nlines\n", "a: b", "# no comment", "...", "---\n"),
);
const value = fc.letrec<{ tree: unknown }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 3 },
		text,
		fc.integer(),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		fc.boolean(),
		fc.constant(null),
		fc.array(tie("tree"), { maxLength: 3 }),
		fc.dictionary(name, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
	),
})).tree;
const styles = fc.record({
	flowLevel: fc.constantFrom(-1, 0, 1, 2),
	indent: fc.constantFrom(1, 2, 4),
	quoteStyle: fc.constantFrom("single", "double"),
	seqNoIndent: fc.boolean(),
	lineWidth: fc.constantFrom(-1, 20, 80),
});
/** One key with its value, as YAML that begins at the margin. */
const stretch = (key: fc.Arbitrary<string>, content: fc.Arbitrary<unknown>) =>
	fc.oneof(
		fc.tuple(key, content, styles).map(([k, v, style]) => ({
			key: k,
			yaml: dump({ [k]: v }, { ...style, flowLevel: style.flowLevel === 0 ? 1 : style.flowLevel }),
		})),
		fc.tuple(key, ambiguous).map(([k, plain]) => ({ key: k, yaml: `${k}: ${plain}\n` })),
	);
const file = fc.record({
	path: fc.stringMatching(/^\/etc\/[a-z]{1,8}$/),
	content: text,
	permissions: fc.constantFrom("0644", "0400"),
});
const files = fc.tuple(fc.array(file, { maxLength: 3 }), styles).map(([list, style]) => ({
	key: "write_files",
	yaml: dump(
		{ write_files: list },
		{ ...style, flowLevel: style.flowLevel === 0 ? 1 : style.flowLevel },
	),
}));
const operatorDocument = fc
	.tuple(
		fc.uniqueArray(stretch(name, value), { selector: ({ key }) => key, maxLength: 5 }),
		fc.option(files),
		fc.nat(),
	)
	.map(([keys, list, place]) => {
		const stretches = keys.map(({ yaml }) => yaml.replace(/^\.\.\.\n$/m, ""));
		if (list !== null) stretches.splice(place % (stretches.length + 1), 0, list.yaml);
		return `#cloud-config\n${stretches.join("")}`;
	});

const read = (yaml: string, schema: Schema): Map<unknown, unknown> => {
	const document = load(yaml, { schema });
	return document instanceof Map ? document : new Map();
};
const isEmpty = (yaml: string): boolean => /^#cloud-config\n$/.test(yaml);
const operatorFilesOf = (document: Map<unknown, unknown>): unknown[] => {
	const list = document.get("write_files");
	return Array.isArray(list) ? list : [];
};

const ourPaths = ["ca.crt", "server.crt", "server.key", "itzo_version", "cell_config.yaml"].map(
	(own) => `/tmp/itzo/${own}`,
);

describe("merging an operator's file with ours", () => {
	it.each([
		{ reader: "values of YAML 1.1", schema: yaml11 },
		{ reader: "texts, as elotl's reader takes them", schema: texts },
	])("keeps every key and file, in order, read as $reader; ours come last", ({ schema }) => {
		fc.assert(
			fc.property(operatorDocument, (cloudInit) => {
				const before = isEmpty(cloudInit) ? new Map() : read(cloudInit, schema);
				const after = read(render(cloudInit), schema);
				const wanted = new Map(before);
				const ours = operatorFilesOf(after).slice(-5);
				wanted.set("write_files", [...operatorFilesOf(before), ...ours]);
				expect([...after]).toEqual([...wanted]);
				expect(ours.map((own) => (own instanceof Map ? own.get("path") : own))).toEqual(ourPaths);
			}),
			{ numRuns: 300 },
		);
	});

	it("gives the same bytes for the same file, and none that check refuses", () => {
		fc.assert(
			fc.property(operatorDocument, (cloudInit) => {
				expect(render(cloudInit)).toBe(render(cloudInit));
				const { faults } = checkCloudInit(cloudInit, "canonical");
				expect(faults.filter(({ path }) => path === "(file)")).toEqual([]);
			}),
			{ numRuns: 100 },
		);
	});

	it("writes our PEM files so that they are read back exactly", () => {
		const document = read(render(""), yaml11);
		const contents = operatorFilesOf(document).flatMap((entry) =>
			entry instanceof Map ? [entry.get("content")] : [],
		);
		const { caPem, certificatePem, keyPem } = placeholderCredentials;
		expect(contents).toEqual([caPem, certificatePem, keyPem, "v1.2.3", 'a: "b"\n']);
	});
});
