import * as z from "zod";
import { ProviderFile } from "../../shared/config/provider-file.ts";
import { code, table } from "./markdown.ts";

/** As much of a JSON Schema as the reference shows. */
const Field = z.object({
	description: z.string().optional(),
	default: z.unknown().optional(),
	withoutEffect: z.string().optional(),
	get properties() {
		return z.record(z.string(), Field).optional();
	},
	required: z.array(z.string()).optional(),
});
type Field = z.infer<typeof Field>;

type Row = Readonly<{ path: string; field: Field; isRequired: boolean }>;

/** Every field that has a description, sections before what is in them. */
function rowsOf({ properties = {}, required = [] }: Field, above = ""): Row[] {
	return Object.entries(properties).flatMap(([key, field]) => {
		const path = `${above}${key}`;
		const own =
			field.description === undefined ? [] : [{ path, field, isRequired: required.includes(key) }];
		return [...own, ...rowsOf(field, `${path}.`)];
	});
}

const rows = (): Row[] =>
	rowsOf(Field.parse(z.toJSONSchema(ProviderFile, { io: "input", unrepresentable: "any" })));

const defaultInText = / ?Default: (?<value>.+?)\.?$/;

const defaultOf = ({ field, isRequired }: Row): string => {
	if (isRequired) return "required";
	const said = defaultInText.exec(field.description ?? "")?.groups?.["value"];
	if (said !== undefined) return /^[\w.]+$/.test(said) ? code(said) : said;
	const value = field.properties === undefined ? field.default : undefined;
	if (value === undefined) return "none";
	return code(typeof value === "string" ? value : JSON.stringify(value));
};

const meaningOf = ({ field }: Row): string =>
	(field.description ?? "").replace(defaultInText, "").trim();

/** Fields that do something: path, default, meaning. */
export const fieldsTable = (): string =>
	table(
		["field", "default", "meaning"],
		rows()
			.filter(({ field }) => field.withoutEffect === undefined)
			.map((row) => [code(row.path), defaultOf(row), meaningOf(row)]),
	);

/** Fields of Kip's that are accepted and only warned of. */
export const warnedFieldsTable = (): string =>
	table(
		["field", "why it has no effect"],
		rows().flatMap(({ path, field: { withoutEffect } }) =>
			withoutEffect === undefined ? [] : [[code(path), `${withoutEffect}.`]],
		),
	);
