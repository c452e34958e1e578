import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

export function doctorIn(program: CliCommand): void {
	placeOptions(
		program
			.command("doctor")
			.summary("Whether a deployment has all it needs, and every accepted pod is accounted for")
			.description(
				"Look at all that a deployment needs (files, credentials, subnets, images, permissions by dry runs, tables, queues) and at what became of every accepted pod. It changes nothing, and says what to do about each fault.",
			)
			.addOption(outputOption())
			.addOption(providerOption()),
	)
		.option("--controller-id <id>", "Whose machines, where they aren't tagged with the deployment")
		.action(lazily(async () => (await import("../doctor/doctor.ts")).doctorCommand))
		.withExamples(
			{
				run: "npx cellwright doctor",
				does: "The running stack; or, before the first deployment, your account and provider.yaml",
			},
			{
				run: "npx cellwright doctor --deployment cellwright-production",
				does: "A deployment, by its own provider.yaml: the exit code is 1 when something is wrong",
			},
			{
				run: "npx cellwright doctor --output json --provider examples/kip/provider.yaml",
				does: "Another configuration, for a program",
				exits: 1,
			},
		);
}
