import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function upIn(program: CliCommand): void {
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
		.option(
			"--terminate-after <seconds>",
			"somebody else ends a pod's first other cell, once ready",
		)
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
		.option("--console-port <port>", "of the console's page on 127.0.0.1; otherwise a free one")
		.option("--no-console", "without the console's page")
		.option("--throttling <factor>", "EC2's request rates times this number")
		.action(
			lazily(async () => {
				(await import("../optional-packages.ts")).needOptionalPackages();
				return (await import("../up.ts")).upCommand;
			}),
		);
}
