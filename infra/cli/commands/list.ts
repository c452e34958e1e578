import { Option } from "commander";
import { Phase } from "../../../shared/cells/model.ts";
import { CapacityType } from "../../../shared/offerings/model.ts";
import { sortKeys } from "../list/listed-cell.ts";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions } from "./options.ts";

export function listIn(program: CliCommand): void {
	placeOptions(
		program
			.command("list")
			.summary("All cells: phases, types, prices, ages; --watch")
			.description(
				"List the cells with phase, machine, price and age, and what they cost together. What is over is hidden unless it is asked for. Each look reads the whole table.",
			)
			.addOption(new Option("--phase <phase...>", "Only in these phases").choices(Phase.options))
			.option("--namespace <name>", "Only of this namespace")
			.option("--type <glob>", "Only on these instance types, as in m5.large or 't3*'")
			.addOption(new Option("--market <market>", "Only bought so").choices(CapacityType.options))
			.option("--failed", "Only what failed, the same as --phase Failed", false)
			.option("--all", "Also what is over: failed, or deleted and ended", false)
			.addOption(
				new Option("--sort <key>", "Order; the youngest and the dearest come first")
					.choices(sortKeys)
					.default("name"),
			)
			.option(
				"--watch",
				"Until Ctrl-C: redraws a terminal; elsewhere a line for each change, of JSON with --output json",
				false,
			)
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../list/list.ts")).listCommand))
		.withExamples(
			{ run: "npx cellwright list", does: "What lives now, and what it costs an hour" },
			{ run: "npx cellwright list --watch", does: "See it change until Ctrl-C", endless: true },
			{
				run: "npx cellwright list --market spot --type 'm*' --sort price",
				does: "The dearest spot cells of some families",
			},
			{
				run: "npx cellwright list --failed --output json",
				does: "What failed and why, for a program",
			},
			{
				run: "npx cellwright list --deployment cellwright-production --namespace shop",
				does: "One namespace's cells of a deployment",
			},
		);
}
