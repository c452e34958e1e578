/**
 * Writes the published JSON Schemas from the zod schemas that the functions read with.
 * `--check` writes nothing and fails when a file isn't current.
 */
import { readFile, writeFile } from "node:fs/promises";
import * as z from "zod";
import { PodDeleted, PodScheduled } from "../../shared/pods/model.ts";
import { StatusEvent } from "../../shared/status/model.ts";

/** What the repository publishes, by the file's name under `schemas/`. */
export const publishedSchemas: ReadonlyMap<string, string> = new Map([
	[
		"pod-scheduled.v1.json",
		schemaText(
			PodScheduled,
			"https://cellwright.dev/schemas/pod-scheduled.v1.json",
			"PodScheduled",
			"Asks Cellwright for a cell: one right-sized EC2 instance for this pod. Sent to the queue pod-scheduled, bare, in an EventBridge event's detail, or in an SNS notification.",
		),
	],
	[
		"status-event.v1.json",
		schemaText(
			StatusEvent,
			"https://cellwright.dev/schemas/status-event.v1.json",
			"StatusEvent",
			"What became of a pod's cell: the detail of an EventBridge event with the source cellwright and the detail type Cell Status Changed.",
		),
	],
	[
		"pod-deleted.v1.json",
		schemaText(
			PodDeleted,
			"https://cellwright.dev/schemas/pod-deleted.v1.json",
			"PodDeleted",
			"Ends a pod's cell, whatever its phase. Sent to the queue pod-deleted, bare, in an EventBridge event's detail, or in an SNS notification.",
		),
	],
]);

/**
 * What a producer must write, not what a reader gets: fields with defaults aren't required, and fields that aren't
 * named are allowed, because a newer version may have them.
 */
function schemaText(schema: z.ZodType, id: string, title: string, description: string): string {
	const { $schema, ...shape } = z.toJSONSchema(schema, { io: "input" });
	return `${JSON.stringify({ $schema, $id: id, title, description, ...shape }, null, "\t")}\n`;
}

/** The published file of this name, as a URL. */
export const schemaFile = (name: string): URL => new URL(`../../schemas/${name}`, import.meta.url);

async function isCurrent(name: string, text: string): Promise<boolean> {
	return (await readFile(schemaFile(name), "utf8").catch(() => "")) === text;
}

if (import.meta.main) {
	const isCheck = process.argv.includes("--check");
	for (const [name, text] of publishedSchemas) {
		if (await isCurrent(name, text)) continue;
		if (isCheck) {
			process.stderr.write(`schemas/${name} is not current: run node infra/schemas/generate.ts\n`);
			process.exitCode = 1;
		} else {
			await writeFile(schemaFile(name), text);
			process.stdout.write(`schemas/${name} written\n`);
		}
	}
}
