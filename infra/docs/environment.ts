import * as z from "zod";
import { environments } from "../../shared/config/env.ts";
import { code, table } from "./markdown.ts";

/** As much of a variable's JSON Schema as the table shows. */
const Variable = z.object({
	description: z.string(),
	expected: z.string().optional(),
	enum: z.array(z.string()).optional(),
});

const Environment = z.object({
	properties: z.record(z.string(), Variable),
	required: z.array(z.string()),
});

/** Every variable that a function reads, with who reads it. */
export function environmentTable(): string {
	const readers = new Map<string, string[]>();
	const rows = new Map<string, readonly string[]>();
	for (const [name, schema] of Object.entries(environments)) {
		const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
		const { properties, required } = Environment.parse(json);
		const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
		for (const [variable, about] of Object.entries(properties)) {
			readers.set(variable, [...(readers.get(variable) ?? []), name]);
			rows.set(variable, [
				about.description,
				formOf(about),
				required.includes(variable) ? "required" : defaultOf(shape[variable]),
			]);
		}
	}
	return table(
		["variable", "meaning", "must be", "default", "read by"],
		[...rows.keys()]
			.toSorted()
			.map((variable) => [
				code(variable),
				...(rows.get(variable) ?? []),
				whoOf(readers.get(variable)),
			]),
	);
}

const formOf = ({ expected, enum: words = [] }: z.infer<typeof Variable>): string =>
	expected ?? words.map(code).join(", ");

/** JSON Schema has no default for what is turned into something else. */
const defaultOf = (schema?: z.ZodType): string => {
	const { data } = schema?.safeParse(undefined) ?? {};
	return data === undefined ? "none" : code(String(data));
};

const whoOf = (names: readonly string[] = []): string =>
	names.length === Object.keys(environments).length ? "all" : names.join(", ");
