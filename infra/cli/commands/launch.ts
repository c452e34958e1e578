import { names } from "../../local/names.ts";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function launchIn(program: CliCommand): void {
	program
		.command("launch")
		.description("put pods on the queue of the running stack, or of the account")
		.requiredOption("-f, --file <path...>", "Kubernetes manifests of Pods")
		.option("--queue <name>", "the pod-scheduled queue", names.podScheduled)
		.option("--endpoint <url>", "SQS endpoint, where it is neither the stack's nor the account's")
		.action(lazily(async () => (await import("../launch.ts")).launchCommand));
}
