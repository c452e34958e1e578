import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption } from "./options.ts";

export function doctorIn(program: CliCommand): void {
	program
		.command("doctor")
		.description(
			"whether a deployment has all that it needs, and every accepted pod is accounted for",
		)
		.addOption(outputOption())
		.option("--provider <file>", "the operator's configuration", "provider.yaml")
		.option("--deployment <name>", "<service>-<stage> in the account; default: cellwright-dev")
		.option("--table <name>", "the cells table, where it isn't the deployment's")
		.option("--controller-id <id>", "whose machines, where they aren't the deployment's")
		.action(lazily(async () => (await import("../doctor.ts")).doctorCommand));
}
