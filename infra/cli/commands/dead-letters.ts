import { Option } from "commander";
import { deadLetterQueues } from "../dead-letters/queues.ts";
import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";
import { outputOption, placeOptions } from "./options.ts";

const optionsHere = "The options of dead-letters can be given here as well.";

export function deadLettersIn(program: CliCommand): void {
	const deadLetters = placeOptions(
		program
			.command("dead-letters")
			.summary("Messages that were given up: show, redrive, drop")
			.description(
				"Show the messages that were given up: in which queue, why, of which pod, when it was sent and how often it was read. To look at them changes nothing.",
			)
			.addOption(
				new Option("--queue <name>", "Those of one queue alone").choices(
					deadLetterQueues.map(({ of }) => of),
				),
			)
			.option("--limit <count>", "Of each queue so many at most", "100")
			.option("--show-body", "Also the messages themselves, which may hold secrets", false)
			.addOption(outputOption()),
	)
		.action(lazily(async () => (await import("../dead-letters/dead-letters.ts")).showCommand))
		.withExamples(
			{ run: "npx cellwright dead-letters", does: "All queues of the running stack" },
			{
				run: "npx cellwright dead-letters --deployment cellwright-production --queue pod-scheduled --output json",
				does: "Of a deployment, for a program that watches them",
			},
		);
	deadLetters
		.command("redrive")
		.summary("Send them back to the queues that they came from")
		.description(
			`Send messages back to the queues that they came from, once what failed at them is put right. To send one twice does no harm: a pod gets one cell. ${optionsHere}`,
		)
		.option("--id <id...>", "These, by the beginning of their ids")
		.option("--reason <reason>", "Those with this reason")
		.option("--all", "All of them", false)
		.action(lazily(async () => (await import("../dead-letters/dead-letters.ts")).redriveCommand))
		.withExamples(
			{
				run: "npx cellwright dead-letters redrive --reason ReceivedTooOften",
				does: "What a function failed at again and again, now that it doesn't",
			},
			{
				run: "npx cellwright dead-letters redrive --id 4f1c22aa",
				does: "One of them, as dead-letters shows it",
				onlyParsed: "needs a message with this id",
			},
		);
	deadLetters
		.command("drop")
		.summary("Delete them for good")
		.description(
			`Delete messages for good, so that the next one shows. Asks before it does. ${optionsHere}`,
		)
		.option("--id <id...>", "These, by the beginning of their ids")
		.option("--reason <reason>", "Those with this reason")
		.option("--all", "All of them", false)
		.option("--yes", "Don't ask", false)
		.action(lazily(async () => (await import("../dead-letters/dead-letters.ts")).dropCommand))
		.withExamples({
			run: "npx cellwright dead-letters drop --reason UnreadableMessage --yes",
			does: "What nobody could read, once its sender has been put right",
		});
}
