import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions, providerOption } from "./options.ts";

const keyNeeded =
	"needs an authority that nothing else of the test uses; tests/journeys/rotation.test.ts runs it";

export function authorityIn(program: CliCommand): void {
	const authority = placeOptions(
		program
			.command("authority")
			.summary("The authorities behind the identities of cells: show, rotate, retire")
			.description(
				"Show the authorities that make the identities of cells, the living cells that need each, and what to do next about them. Keys are never shown.",
			)
			.addOption(outputOption())
			.addOption(providerOption()),
	)
		.option("--prefix <path>", "Their SSM parameters, where they aren't below /<service>/<stage>")
		.action(lazily(async () => (await import("../authority/authority.ts")).authorityCommand))
		.withExamples(
			{ run: "npx cellwright authority", does: "Those of the running stack, with what to do next" },
			{
				run: "npx cellwright authority --deployment cellwright-production --output json",
				does: "Those of a deployment, for a program that watches the days that are left",
				onlyParsed: keyNeeded,
			},
		);
	authority
		.command("rotate")
		.description(
			"Take the next step of a rotation: make the next authority, then let it sign. The options of authority can be given here as well.",
		)
		.option("--now", "Both steps at once, because the key may be in other hands", false)
		.action(lazily(async () => (await import("../authority/authority.ts")).rotateCommand))
		.withExamples(
			{
				run: "npx cellwright authority rotate",
				does: "Twice, with the minutes between that the first time names: no cell becomes unreachable",
				onlyParsed: keyNeeded,
			},
			{
				run: "npx cellwright authority rotate --now --deployment cellwright-production",
				does: "At once, for a key that somebody else may have; then end the cells that trust it",
				onlyParsed: keyNeeded,
			},
		);
	authority
		.command("retire")
		.description("Destroy the key of an authority that no living cell needs")
		.argument("<id>", "As authority shows it")
		.action(lazily(async () => (await import("../authority/authority.ts")).retireCommand))
		.withExamples({
			run: "npx cellwright authority retire 0123456789abcdef",
			does: "Refused while a living cell was made by it",
			onlyParsed: keyNeeded,
		});
}
