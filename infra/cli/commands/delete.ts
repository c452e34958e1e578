import { names } from "../../local/names.ts";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function deleteIn(program: CliCommand): void {
	program
		.command("delete")
		.description("tell that pods are gone, so that their cells end")
		.argument("<pod...>", "pods with a record: namespace/name, or uid")
		.option("--queue <name>", "the pod-deleted queue", names.podDeleted)
		.option(
			"--endpoint <url>",
			"endpoint of SQS and DynamoDB, where it is neither the stack's nor the account's",
		)
		.action(lazily(async () => (await import("../delete.ts")).deleteCommand));
}
