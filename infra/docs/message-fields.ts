import * as z from "zod";
import { PodDeleted, PodScheduled } from "../../shared/pods/model.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { code, table } from "./markdown.ts";

/** As much of a JSON Schema as the tables show. */
const Field = z.object({
	description: z.string().optional(),
	type: z.union([z.string(), z.array(z.string())]).optional(),
	const: z.string().optional(),
	enum: z.array(z.string()).optional(),
	default: z.unknown().optional(),
	$ref: z.string().optional(),
	get properties() {
		return z.record(z.string(), Field).optional();
	},
	required: z.array(z.string()).optional(),
	get items() {
		return Field.optional();
	},
	get anyOf() {
		return z.array(Field).optional();
	},
	get $defs() {
		return z.record(z.string(), Field).optional();
	},
});
type Field = z.infer<typeof Field>;

/** One field of a message: `spec.containers[].name`, what it may hold, and whether it must be there. */
type FieldRow = Readonly<{
	path: string;
	holds: string;
	isRequired: boolean;
	means: string;
}>;

/**
 * Every field of a message, those with fields of their own before these. What several fields share (a list of
 * containers, say) is there for each of them.
 *
 * @throws RangeError for a field without a description: nobody would know what it is for.
 */
export function fieldsOf(message: z.ZodType): readonly FieldRow[] {
	const root = Field.parse(z.toJSONSchema(message, { io: "input" }));
	const definitions = root.$defs ?? {};
	const below = (field: Field, path: string): readonly FieldRow[] => {
		const open = opened(field, definitions);
		if (open.items !== undefined) return below(open.items, `${path}[]`);
		const required = new Set(open.required);
		return Object.entries(open.properties ?? {}).flatMap(([key, each]) => {
			const own = path === "" ? key : `${path}.${key}`;
			const means = each.description ?? opened(each, definitions).description;
			if (means === undefined) throw new RangeError(`${own} has no description`);
			const holds = kindOf(each, definitions);
			return [{ path: own, holds, isRequired: required.has(key), means }, ...below(each, own)];
		});
	};
	return below(root, "");
}

/** Without `null`, which stands for "absent", and with what it refers to. */
function opened(field: Field, definitions: Readonly<Record<string, Field>>): Field {
	const some = field.anyOf?.find(({ type }) => type !== "null") ?? field;
	const name = some.$ref?.split("/").at(-1);
	const meant = name === undefined ? some : definitions[name];
	if (meant === undefined) throw new RangeError(`${field.$ref} is nowhere`);
	return meant === field ? field : opened(meant, definitions);
}

function kindOf(field: Field, definitions: Readonly<Record<string, Field>>): string {
	const { const: only, enum: words, type, items, properties } = opened(field, definitions);
	if (only !== undefined) return code(only);
	if (words !== undefined) return words.map(code).join(", ");
	if (items !== undefined) return "list";
	if (properties !== undefined) return "object";
	const kind = [type].flat().find((each) => each !== "null") ?? "any";
	return kinds[kind] ?? kind;
}

const kinds: Readonly<Record<string, string>> = {
	string: "text",
	number: "number",
	object: "text by name",
	integer: "whole number",
	boolean: "true or false",
};

const fieldsTable = (rows: readonly FieldRow[]): string =>
	table(
		["field", "holds", "required", "meaning"],
		rows.map(({ path, holds, isRequired, means }) => [
			code(path),
			holds,
			isRequired ? "yes" : "",
			means.replaceAll(/docs\/([\w-]+\.md)/g, "[$1]($1)"),
		]),
	);

export const podScheduledTable = (): string => fieldsTable(fieldsOf(PodScheduled));
export const podDeletedTable = (): string => fieldsTable(fieldsOf(PodDeleted));
export const statusEventTable = (): string => fieldsTable(fieldsOf(StatusEvent));
