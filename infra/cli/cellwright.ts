#!/usr/bin/env node
import { Command, Option } from "commander";
import { ProvisionerError } from "../../shared/errors.ts";
import { names } from "../local/names.ts";

// Exit codes: 0 fine, 1 a pod failed or did not end as expected, and these.
const wrongUse = 2;
const outOfReach = 3;

/** A command's code is loaded when it is called: nobody waits a second for a help text. */
const lazily =
	<Arguments extends unknown[]>(load: () => Promise<(...given: Arguments) => Promise<void>>) =>
	async (...given: Arguments): Promise<void> =>
		await (await load())(...given);

const program = new Command("cellwright")
	.description("Births cells: one right-sized EC2 instance per Kubernetes pod")
	.configureOutput({ outputError: (text, write) => write(text) })
	.exitOverride(({ exitCode, code }) => {
		process.exit(code.startsWith("commander.help") || exitCode === 0 ? 0 : wrongUse);
	});

program
	.command("up")
	.description("run everything on this machine, on loopback, and launch the example pods")
	.option("--once", "exit when every pod has its answer; 0 if each ended as it expected", false)
	.option("--provider <file>", "the operator's configuration", "provider.yaml")
	.option("--pods <folder>", "manifests to launch at the start", "examples/pods")
	.option("--boot-seconds <median>", "how long a simulated cell boots, half of them longer", "3")
	.option(
		"--without-capacity <type[@zone][/market]>",
		"what the simulated EC2 has none of, as in t3a.small, c7*@us-east-1a or m5.large/spot; repeatable",
		(offering: string, others: readonly string[]) => [...others, offering],
		[],
	)
	.option("--capacity-returns-after <seconds>", "when it has some again; otherwise never")
	.option("--set-aside-seconds <seconds>", "how long nobody asks again for what it refused")
	.option("--interrupt-spot-after <seconds>", "a pod's first spot cell is warned, once ready")
	.option("--spot-warning-seconds <seconds>", "from that warning to the end; EC2's is 120")
	.option("--terminate-after <seconds>", "somebody else ends a pod's first other cell, once ready")
	.option(
		"--never-boots <pod[:cells]>",
		"pods whose cells never boot, or so many of each, as in orders-api or web-*:1; repeatable",
		(pod: string, others: readonly string[]) => [...others, pod],
		[],
	)
	.option(
		"--boot-timeout-seconds <seconds>",
		"how long a cell may boot, instead of provider.yaml's",
	)
	.option("--throttling <factor>", "EC2's request rates times this number")
	.action(lazily(async () => (await import("./up.ts")).upCommand));

program
	.command("launch")
	.description("put pods on the queue of the running stack, or of the account")
	.requiredOption("-f, --file <path...>", "Kubernetes manifests of Pods")
	.option("--queue <name>", "the pod-scheduled queue", names.podScheduled)
	.option("--endpoint <url>", "SQS endpoint, where it is neither the stack's nor the account's")
	.action(lazily(async () => (await import("./launch.ts")).launchCommand));

program
	.command("delete")
	.description("tell that pods are gone, so that their cells end")
	.argument("<pod...>", "pods with a record: namespace/name, or uid")
	.option("--queue <name>", "the pod-deleted queue", names.podDeleted)
	.option("--table <name>", "the cells table, where it isn't the running stack's")
	.option(
		"--endpoint <url>",
		"endpoint of SQS and DynamoDB, where it is neither the stack's nor the account's",
	)
	.action(lazily(async () => (await import("./delete.ts")).deleteCommand));

program
	.command("explain")
	.description("why a pod has the cell that it has, or which one it would get")
	.argument("<file-or-pod...>", "manifests of Pods; or pods with a record: namespace/name, or uid")
	.addOption(
		new Option("--output <format>", "how it is printed")
			.choices(["table", "json"])
			.default("table"),
	)
	.option("--provider <file>", "the operator's configuration, for files", "provider.yaml")
	.option("--table <name>", "the cells table, where it isn't the running stack's")
	.option(
		"--endpoint <url>",
		"DynamoDB endpoint, where it is neither the stack's nor the account's",
	)
	.action(lazily(async () => (await import("./explain.ts")).explainCommand));

program
	.command("status")
	.description("what became of pods, with times: attempts, refusals, warnings, losses, the end")
	.argument("<pod...>", "pods with a record: namespace/name, or uid")
	.addOption(
		new Option("--output <format>", "how it is printed")
			.choices(["table", "json"])
			.default("table"),
	)
	.option("--table <name>", "the cells table, where it isn't the running stack's")
	.option(
		"--endpoint <url>",
		"DynamoDB endpoint, where it is neither the stack's nor the account's",
	)
	.action(lazily(async () => (await import("./status.ts")).statusCommand));

program
	.command("doctor")
	.description(
		"whether a deployment has all that it needs, and every accepted pod is accounted for",
	)
	.addOption(
		new Option("--output <format>", "how it is printed")
			.choices(["table", "json"])
			.default("table"),
	)
	.option("--provider <file>", "the operator's configuration", "provider.yaml")
	.option("--deployment <name>", "<service>-<stage> in the account; default: cellwright-dev")
	.option("--table <name>", "the cells table, where it isn't the deployment's")
	.option("--controller-id <id>", "whose machines, where they aren't the deployment's")
	.action(lazily(async () => (await import("./doctor.ts")).doctorCommand));

program
	.command("plan")
	.description(
		"what launch would ask EC2 for: decision, image, identity, user data and the request",
	)
	.requiredOption("-f, --file <path...>", "Kubernetes manifests of Pods")
	.addOption(
		new Option("--output <format>", "how it is printed")
			.choices(["table", "json"])
			.default("table"),
	)
	.option("--provider <file>", "the operator's configuration", "provider.yaml")
	.option("--show-content", "show what files of the cloud-init file and cellConfig hold", false)
	.action(lazily(async () => (await import("./plan.ts")).planCommand));

program
	.command("client-certificate")
	.description("write the running stack's client certificate, which opens its cells, to a folder")
	.argument("<folder>", "where ca.crt, client.crt and client.key are written")
	.action(lazily(async () => (await import("./client-certificate.ts")).clientCertificateCommand));

const authority = program
	.command("authority")
	.description("the authorities behind the identities of cells: show, rotate, retire")
	.option("--provider <file>", "the operator's configuration", "provider.yaml")
	.option("--prefix <path>", "their SSM parameters in the account; without it, the running stack's")
	.option("--cells-table <name>", "with --prefix: the cells table")
	.option("--credentials-table <name>", "with --prefix: readiness's client certificates")
	.action(lazily(async () => (await import("./authority.ts")).authorityCommand));
authority
	.command("rotate")
	.description("the next step of a rotation: make the next authority, then let it sign")
	.option("--now", "both steps at once, because the key may be in other hands", false)
	.action(lazily(async () => (await import("./authority.ts")).rotateCommand));
authority
	.command("retire")
	.description("destroy the key of an authority that no living cell needs")
	.argument("<id>", "as `authority` shows it")
	.action(lazily(async () => (await import("./authority.ts")).retireCommand));

try {
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof ProvisionerError)) throw error;
	console.error(`cellwright: ${error.message}`);
	process.exitCode = error.kind === "unavailable" ? outOfReach : wrongUse;
}
