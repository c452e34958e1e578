import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions } from "./options.ts";

export function dashboardIn(program: CliCommand): void {
	placeOptions(
		program
			.command("dashboard")
			.summary("Where the dashboards are, and what to look at first")
			.description(
				"Print the addresses of a deployment's CloudWatch dashboards and alarms, and what to look at first; of the stack that runs in this folder, its console's.",
			)
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../dashboard.ts")).dashboardCommand))
		.withExamples(
			{ run: "npx cellwright dashboard", does: "The running stack's console" },
			{
				run: "npx cellwright dashboard --deployment cellwright-production --region eu-central-1",
				does: "A deployment's dashboards; nothing is asked of AWS",
			},
		);
}
