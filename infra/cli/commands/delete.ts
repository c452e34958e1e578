import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions } from "./options.ts";

export function deleteIn(program: CliCommand): void {
	placeOptions(
		program
			.command("delete")
			.summary("Delete pods, so that their cells end")
			.description(
				"Delete pods: tell Cellwright that they are gone, whatever their phase, so that their instances end. To delete a pod twice is harmless.",
			)
			.argument("[pod...]", "Pods with a record: namespace/name, of which all that live, or uid")
			.option(
				"-f, --file <path...>",
				"The pods of manifests: by uid or name; of a workload all its replicas",
			)
			.option("--all", "Every living pod, of the --namespace or, with --yes, of all")
			.option("-n, --namespace <name>", "For --all, and for what files name none for")
			.option("--yes", "With --all: of all namespaces, and that is meant", false)
			.option("--wait", "Until their instances have been told to end")
			.option("--timeout <seconds>", "How long --wait waits", "1800")
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../delete/delete.ts")).deleteCommand))
		.withExamples(
			{
				run: "npx cellwright delete shop/storefront-web --wait",
				does: "By name, until its instance has been told to end",
			},
			{
				run: "npx cellwright delete -f examples/pods/web-small.yaml",
				does: "What was launched from this file; of a Deployment all its replicas",
			},
			{
				run: "npx cellwright delete --all --namespace shop",
				does: "Every living pod of a namespace",
			},
		);
}
