import { CliCommand } from "./command.ts";

// In the place of commander's own, which says nothing of a command that there isn't, and knows no subcommands.
export function helpIn(program: CliCommand): void {
	program
		.command("help")
		.summary("Print a command's help")
		.description("Print the help of a command, the same as its --help.")
		.argument("[command...]", "As it is typed; without one, what there is")
		.action((words: readonly string[]) => commandAt(words, program).outputHelp())
		.withExamples(
			{ run: "npx cellwright help launch", does: "What launch takes" },
			{ run: "npx cellwright help dead-letters redrive", does: "A subcommand's" },
		);
}

function commandAt(words: readonly string[], program: CliCommand): CliCommand {
	return words.reduce((above, word) => {
		const found = above.commands.find((each) => each.name() === word);
		return found instanceof CliCommand ? found : above.error(`unknown command '${word}'`);
	}, program);
}
