import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

export function planIn(program: CliCommand): void {
	placeOptions(
		program
			.command("plan")
			.summary("What launch would ask EC2 for, word for word; nothing is sent")
			.description(
				"Show what launch would decide and send for the pods of files: the decision, the image, the identity, the user data and the request to EC2. Secrets are masked, and nothing is sent.",
			)
			.requiredOption("-f, --file <path...>", "Kubernetes manifests")
			.addOption(outputOption())
			.addOption(providerOption())
			.option(
				"--show-content",
				"Show what files of the cloud-init file and cellConfig hold",
				false,
			),
	)
		.action(lazily(async () => (await import("../plan/plan.ts")).planCommand))
		.withExamples(
			{
				run: "npx cellwright plan -f examples/pods/web-small.yaml",
				does: "Against the running stack; without one, with stand-ins for image and authority",
			},
			{
				run: "npx cellwright plan -f examples/pods/spot-worker.yaml --output json",
				does: "The request as an object, to compare two configurations with diff",
			},
		);
}
