import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption } from "./options.ts";

export function statusIn(program: CliCommand): void {
	program
		.command("status")
		.description("what became of pods, with times: attempts, refusals, warnings, losses, the end")
		.argument("<pod...>", "pods with a record: namespace/name, or uid")
		.addOption(outputOption())
		.option("--table <name>", "the cells table, where it isn't the running stack's")
		.option(
			"--endpoint <url>",
			"DynamoDB endpoint, where it is neither the stack's nor the account's",
		)
		.action(lazily(async () => (await import("../status.ts")).statusCommand));
}
