import { dump } from "js-yaml";
import * as z from "zod";
import { accessFields } from "../../shared/config/provider-file/access.ts";
import { fleetFields } from "../../shared/config/provider-file/fleet.ts";
import { imageFields } from "../../shared/config/provider-file/images.ts";
import { machineFields } from "../../shared/config/provider-file/machines.ts";
import { timeFields } from "../../shared/config/provider-file/times.ts";
import { ProviderFile } from "../../shared/config/provider-file.ts";
import { code, table, wrapped } from "./markdown.ts";

/** As much of a JSON Schema as the reference shows. */
const Schema = z.object({
	type: z.union([z.string(), z.array(z.string())]).optional(),
	enum: z.array(z.string()).optional(),
	minimum: z.number().optional(),
	maximum: z.number().optional(),
	default: z.unknown().optional(),
	/** What stands in `meta`. */
	description: z.string().optional(),
	expected: z.string().optional(),
	example: z.unknown().optional(),
	kip: z.string().optional(),
	withoutEffect: z.string().optional(),
	get items() {
		return Schema.optional();
	},
	get anyOf() {
		return z.array(Schema).optional();
	},
	get properties() {
		return z.record(z.string(), Schema).optional();
	},
	required: z.array(z.string()).optional(),
});
type Schema = z.infer<typeof Schema>;

export type ProviderField = Readonly<{
	/** As people write about it: `cells.spot.maxPrice`. */
	path: string;
	schema: Schema;
	isRequired: boolean;
}>;

/** Every field that has a description, sections before what is in them. */
function fieldsOf({ properties = {}, required = [] }: Schema, above = ""): ProviderField[] {
	return Object.entries(properties).flatMap(([key, schema]) => {
		const path = `${above}${key}`;
		const own =
			schema.description === undefined
				? []
				: [{ path, schema, isRequired: required.includes(key) }];
		return [...own, ...fieldsOf(schema, `${path}.`)];
	});
}

/** All that provider.yaml may hold. */
export const providerFields = (): readonly ProviderField[] =>
	fieldsOf(Schema.parse(z.toJSONSchema(ProviderFile, { io: "input", unrepresentable: "any" })));

const below = (section: string, fields: object): readonly string[] =>
	Object.keys(fields).map((key) => `${section}${key}`);

/** Which fields stand together on the page. */
const groups = {
	cloud: ["cloud"],
	images: below("cells.", imageFields),
	machines: below("cells.", machineFields),
	access: below("cells.", accessFields),
	times: below("cells.", timeFields),
	fleet: below("", fleetFields),
	format: ["apiVersion", "kind"],
} as const satisfies Record<string, readonly string[]>;

/** The reference of one group: for each field what it means, its type, its default, an example, and what Kip did. */
export const fieldReference = (group: keyof typeof groups): string =>
	sharedMeanings(
		providerFields().filter(
			({ path, schema }) =>
				schema.withoutEffect === undefined &&
				groups[group].some((above) => path === above || path.startsWith(`${above}.`)),
		),
	)
		.map(entryOf)
		.join("\n\n");

type Entry = ProviderField &
	Readonly<{ /** Paths that mean the same elsewhere. */ also: string[] }>;

/** A boot image has the same fields wherever it stands: they are told once. */
function sharedMeanings(fields: readonly ProviderField[]): Iterable<Entry> & readonly Entry[] {
	const entries = new Map<string, Entry>();
	for (const field of fields) {
		const meaning = JSON.stringify(field.schema);
		const known = entries.get(meaning);
		if (known === undefined) entries.set(meaning, { ...field, also: [] });
		else known.also.push(field.path);
	}
	return [...entries.values()];
}

function entryOf({ also, ...field }: Entry): string {
	const { path, schema } = field;
	const points = [
		`Type: ${typeOf(schema)}. Default: ${defaultOf(field)}.`,
		...(schema.example === undefined ? [] : [`Example: ${code(exampleText(field))}`]),
		...(schema.kip === undefined ? [] : [`Kip: ${schema.kip}`]),
		...(also.length === 0 ? [] : [`The same: ${also.map(code).join(", ")}`]),
	];
	return [
		`#### ${code(path)}`,
		"",
		wrapped(meaningOf(field)),
		"",
		...points.map((point) => wrapped(`- ${point}`, "  ")),
	].join("\n");
}

/** A field's example as a line of YAML, to be written below its section. */
export const exampleText = ({ path, schema: { example } }: ProviderField): string =>
	dump(
		{ [path.split(".").at(-1) ?? ""]: example },
		{ flowLevel: 1, lineWidth: -1, quoteStyle: "double" },
	).trim();

function typeOf(schema: Schema): string {
	const { type, properties, items, expected = "" } = schema;
	if (properties !== undefined) return "the fields below";
	if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
	if (items !== undefined) return `list, each ${items.expected ?? ""}`;
	if (type === "boolean") return "`true` or `false`";
	return isText(schema) ? `text, ${expected}` : expected;
}

/** Any scalar is text to Kip, and to the fields that say so. */
const isText = ({ type = [], anyOf = [] }: Schema): boolean =>
	type.includes("boolean") || anyOf.some(isText);

const defaultInText = / ?Default: (?<value>.+?)\.?$/;

function defaultOf({ schema, isRequired }: ProviderField): string {
	if (isRequired) return "none, it is required";
	const said = defaultInText.exec(schema.description ?? "")?.groups?.["value"];
	if (said !== undefined) return /^[\w.]+$/.test(said) && said !== "none" ? code(said) : said;
	const value = schema.properties === undefined ? schema.default : undefined;
	if (value === undefined || JSON.stringify(value) === "{}") return "none";
	return code(typeof value === "string" ? value : JSON.stringify(value));
}

const meaningOf = ({ schema }: ProviderField): string =>
	(schema.description ?? "").replace(defaultInText, "").trim();

/** Fields of Kip's that are accepted and only warned of. */
export const warnedFieldsTable = (): string =>
	table(
		["field", "in Kip", "here"],
		providerFields().flatMap(({ path, schema: { withoutEffect, kip = "" } }) =>
			withoutEffect === undefined ? [] : [[code(path), kip, withoutEffect]],
		),
	);
