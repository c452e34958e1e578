import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

export function launchIn(program: CliCommand): void {
	placeOptions(
		program
			.command("launch")
			.summary("Launch the pods of Kubernetes manifests")
			.description(
				"Launch pods: read Kubernetes manifests, check them as the functions do, and put a message for each pod on the queue. Takes Pods, and makes the replicas of Deployments, ReplicaSets, StatefulSets and Jobs, also in Lists; passes by what stands beside them in a chart, such as Services. A pod that has a uid keeps it, so that to send it twice starts one machine.",
			)
			.requiredOption("-f, --file <path...>", "Manifests, folders of them, or - for standard input")
			.option("-n, --namespace <name>", "Of what names none. Default: default")
			.option("--dry-run", "Check, and show what each pod would get; nothing is sent")
			.option("--wait", "Until every pod is ready; 1 when one of them fails")
			.option("--timeout <seconds>", "How long --wait waits", "1800")
			.addOption(outputOption())
			.addOption(providerOption()),
	)
		.action(lazily(async () => (await import("../launch/launch.ts")).launchCommand))
		.withExamples(
			{
				run: "npx cellwright launch -f examples/pods/web-small.yaml --wait",
				does: "One pod, with progress and times until it is ready",
			},
			{
				run: "npx cellwright launch -f examples/pods --dry-run",
				does: "What every pod of a folder would get; ends with 2, for one of these is wrong",
				exits: 2,
			},
			{
				run: "kubectl get pod web-7d9c -o yaml | npx cellwright launch -f -",
				does: "A cluster's own pod, under its uid",
				onlyParsed: "needs a cluster",
			},
			{
				run: "npx cellwright launch -f examples/pods/web-small.yaml --namespace shop --output json",
				does: "The uids, for scripts",
			},
		);
}
