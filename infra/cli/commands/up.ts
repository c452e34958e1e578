import { Option } from "commander";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { providerOption } from "./options.ts";

export function upIn(program: CliCommand): void {
	program
		.command("up")
		.summary("Run everything on this machine and launch the example pods")
		.description(
			"Run everything on this machine, on loopback: queues, tables, a simulated EC2 and the functions as they are deployed. Launches the example pods and shows them in a live table until Ctrl-C. No AWS account is needed.",
		)
		.option(
			"--once",
			"End when every pod has its answer; with 0 if each ended as it expected",
			false,
		)
		.addOption(providerOption())
		.option("--pods <folder>", "Manifests to launch at the start; may be empty", "examples/pods")
		.option("--console-port <port>", "Of the console's page on 127.0.0.1; otherwise a free one")
		.option("--no-console", "Without the console's page")
		.optionsGroup("What the simulated EC2 does:")
		.option("--boot-seconds <median>", "How long a cell boots; half of them boot longer", "3")
		.addOption(
			repeatable(
				"--without-capacity <type[@zone][/market]>",
				"What it has none of, as in t3a.small, c7*@us-east-1a or m5.large/spot; repeatable",
			),
		)
		.option("--capacity-returns-after <seconds>", "When it has some again; otherwise never")
		.option("--interrupt-spot-after <seconds>", "A pod's first spot cell is warned, once ready")
		.option("--spot-warning-seconds <seconds>", "From that warning to the end; EC2's is 120")
		.option(
			"--terminate-after <seconds>",
			"Somebody else ends a pod's first other cell, once ready",
		)
		.addOption(
			repeatable(
				"--never-boots <pod[:cells]>",
				"Pods whose cells never boot, or so many of each, as in orders-api or web-*:1; repeatable",
			),
		)
		.option("--throttling <factor>", "EC2's request rates times this number")
		.optionsGroup("What Cellwright does about it:")
		.option("--set-aside-seconds <seconds>", "How long nobody asks again for what it refused")
		.option(
			"--boot-timeout-seconds <seconds>",
			"How long a cell may boot, instead of provider.yaml's",
		)
		.action(
			lazily(async () => {
				(await import("../up/optional-packages.ts")).needOptionalPackages();
				return (await import("../up/up.ts")).upCommand;
			}),
		)
		.withExamples(
			{ run: "npx cellwright up", does: "Look at it until Ctrl-C", endless: true },
			{
				run: "npx cellwright up --once --boot-seconds 0.5",
				does: "Until every example pod has its answer, with quick cells: for a first check",
			},
			{
				run: "npx cellwright up --interrupt-spot-after 5 --spot-warning-seconds 3",
				does: "See EC2 take spot cells back, and their pods get the next ones",
				endless: true,
			},
			{
				run: "npx cellwright up --without-capacity 't3a.*' --capacity-returns-after 60",
				does: "See pods go to the next best machines while the cheapest are sold out",
				endless: true,
			},
		);
}

const repeatable = (flags: string, description: string): Option =>
	new Option(flags, description)
		.argParser((value: string, others: readonly string[]) => [...others, value])
		.default([], "none");
