import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions } from "./options.ts";

export function statusIn(program: CliCommand): void {
	placeOptions(
		program
			.command("status")
			.summary("What became of a pod, with times; without a pod, how the deployment is")
			.description(
				"Tell what became of pods, with times: attempts, refusals, warnings, losses with what the machine said last, the end. Without a pod: counts by phase, cost, who waits longest, dead letters, the last failures, and what to do next.",
			)
			.argument("[pod...]", "Pods with a record, as namespace/name or uid")
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../status/status.ts")).statusCommand))
		.withExamples(
			{ run: "npx cellwright status", does: "How the running stack or your deployment is" },
			{ run: "npx cellwright status shop/storefront-web", does: "One pod's whole story" },
			{
				run: "npx cellwright status analytics/in-memory-warehouse",
				does: "A pod that failed: the exit code is 1",
				exits: 1,
			},
			{
				run: "npx cellwright status --deployment cellwright-production --output json",
				does: "A deployment's figures, for a program",
			},
		);
}
