import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption } from "./options.ts";

export function schemaIn(program: CliCommand): void {
	program
		.command("schema")
		.summary("The published JSON Schemas of messages and status events")
		.description(
			"Print the JSON Schema of a message or event, to check what is sent before it is sent, or to generate types from it; without a name, what there is.",
		)
		.argument("[name]", "As in pod-scheduled or pod-scheduled.v1")
		.addOption(outputOption())
		.action(lazily(async () => (await import("../schema.ts")).schemaCommand))
		.withExamples(
			{ run: "npx cellwright schema", does: "What there is" },
			{
				run: "npx cellwright schema pod-scheduled > pod-scheduled.schema.json",
				does: "Into a file, for a validator",
			},
		);
}
