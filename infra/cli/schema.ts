import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { invalid } from "../../shared/errors.ts";
import { packageFile } from "./place/package-files.ts";
import { type OutputFormat, print } from "./screen/output.ts";
import { aligned, outputColumns } from "./screen/text-layout.ts";

const JsonSchema = z.looseObject({ $id: z.string(), description: z.string().default("") });

/**
 * Prints a published JSON Schema, or what there is of them.
 *
 * @param wanted `pod-scheduled`, or with its version `pod-scheduled.v1`.
 * @throws ProvisionerError `invalid` for a name that there isn't.
 */
export async function schemaCommand(
	wanted: string | undefined,
	{ output }: Readonly<{ output: OutputFormat }>,
): Promise<void> {
	const schemas = await publishedSchemas();
	if (wanted === undefined) {
		const shown = schemas.map(({ name, schema: { $id, description } }) => ({
			name,
			id: $id,
			description,
		}));
		print(output, { schemas: shown }, () => tableOf(shown));
		return;
	}
	const found = schemas.find(
		({ name }) => name === wanted || name.replace(/\.v\d+$/, "") === wanted,
	);
	if (found === undefined) throw unknownName(wanted, schemas);
	const { schema } = found;
	print(output, schema, () => JSON.stringify(schema, undefined, "\t").split("\n"));
}

type Published = Readonly<{ name: string; schema: z.infer<typeof JsonSchema> }>;

async function publishedSchemas(): Promise<readonly Published[]> {
	const folder = packageFile("schemas");
	const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
	return await Promise.all(
		files.map(async (file) => ({
			name: file.replace(/\.json$/, ""),
			schema: JsonSchema.parse(JSON.parse(await readFile(join(folder, file), "utf8"))),
		})),
	);
}

const tableOf = (schemas: readonly Readonly<{ name: string; description: string }>[]) => [
	...aligned(
		[["NAME", "OF"], ...schemas.map(({ name, description }) => [name, description])],
		outputColumns,
	).flat(),
	"",
	"One of them: npx cellwright schema <name>",
];

const unknownName = (value: string, schemas: readonly Published[]) =>
	invalid("UnknownSchema", [
		{
			path: "name",
			value,
			problem: `there is no such schema; there are ${schemas.map(({ name }) => name).join(", ")}`,
		},
	]);
