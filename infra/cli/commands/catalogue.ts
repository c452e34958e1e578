import { Option } from "commander";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

export function catalogueIn(program: CliCommand): void {
	placeOptions(
		program
			.command("catalogue")
			.summary("What EC2 sells, with prices, as launch knows it")
			.description(
				"List the instance types that are known, with sizes, zones and prices, and say where each price comes from and how old it is: the running stack's or a named deployment's catalogue, otherwise the one that ships in the package.",
			)
			.argument("[type...]", "Globs of instance types, as in m5.large or 't3*'; one must match")
			.addOption(
				new Option("--architecture <name>", "Only of this one").choices([
					"amd64",
					"x86_64",
					"arm64",
				]),
			)
			.option("--min-cpu <quantity>", "At least so many vCPUs, as Kubernetes writes them: 4, 1500m")
			.option("--min-memory <quantity>", "At least so much memory (nominal): 512Mi, 8Gi")
			.option("--gpu", "Only with GPUs")
			.option("--spot", "Only what is sold on spot")
			.addOption(
				new Option("--sort <key>", "Order, the cheapest or smallest first")
					.choices(["price", "spot", "cpu", "memory", "name"])
					.default("price"),
			)
			.option("--limit <count>", "Show so many; 0 is all", "25")
			.addOption(providerOption())
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../catalogue/catalogue.ts")).catalogueCommand))
		.withExamples(
			{
				run: "npx cellwright catalogue --min-cpu 4 --min-memory 16Gi",
				does: "The cheapest machines of that size",
			},
			{ run: "npx cellwright catalogue --gpu --sort memory", does: "Machines with GPUs by memory" },
			{
				run: "npx cellwright catalogue 'm6*' 'm7*' --architecture arm64 --output json",
				does: "Some families of Graviton, for a program",
			},
			{
				run: "npx cellwright catalogue --deployment cellwright-production --spot --sort spot",
				does: "What is cheapest on spot, by the prices that a deployment gathers",
			},
		);
}
