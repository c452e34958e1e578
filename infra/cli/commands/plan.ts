import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption } from "./options.ts";

export function planIn(program: CliCommand): void {
	program
		.command("plan")
		.description(
			"what launch would ask EC2 for: decision, image, identity, user data and the request",
		)
		.requiredOption("-f, --file <path...>", "Kubernetes manifests of Pods")
		.addOption(outputOption())
		.option("--provider <file>", "the operator's configuration", "provider.yaml")
		.option("--show-content", "show what files of the cloud-init file and cellConfig hold", false)
		.action(lazily(async () => (await import("../plan.ts")).planCommand));
}
