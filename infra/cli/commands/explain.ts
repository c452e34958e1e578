import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption } from "./options.ts";

export function explainIn(program: CliCommand): void {
	program
		.command("explain")
		.description("why a pod has the cell that it has, or which one it would get")
		.argument(
			"<file-or-pod...>",
			"manifests of Pods; or pods with a record: namespace/name, or uid",
		)
		.addOption(outputOption())
		.option("--provider <file>", "the operator's configuration, for files", "provider.yaml")
		.option("--table <name>", "the cells table, where it isn't the running stack's")
		.option(
			"--endpoint <url>",
			"DynamoDB endpoint, where it is neither the stack's nor the account's",
		)
		.action(lazily(async () => (await import("../explain.ts")).explainCommand));
}
