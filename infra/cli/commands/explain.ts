import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

export function explainIn(program: CliCommand): void {
	placeOptions(
		program
			.command("explain")
			.summary("Why a pod has the cell that it has, or which one it would get")
			.description(
				"Show why a pod has the cell that it has, from its record; or which one a pod of a file would get now, by the code that launch runs: what it asks for, what was ruled out by which rule, the cheapest that fit with their prices, and what EC2 refused.",
			)
			.argument(
				"<file-or-pod...>",
				"Manifests, or - for standard input; or pods with a record, as namespace/name or uid",
			)
			.addOption(outputOption())
			.addOption(providerOption()),
	)
		.action(lazily(async () => (await import("../explain/explain.ts")).explainCommand))
		.withExamples(
			{
				run: "npx cellwright explain examples/pods/web-small.yaml",
				does: "What it would get; nothing is sent, and no account is needed",
			},
			{ run: "npx cellwright explain shop/storefront-web", does: "Why it got what it has" },
			{
				run: "npx cellwright explain examples/pods/gpu-inference.yaml --output yaml",
				does: "All that was weighed, for programs",
			},
		);
}
