import { CliCommand, type Example } from "../../../infra/cli/commands/command.ts";
import { cellwrightProgram } from "../../../infra/cli/program.ts";

/** Every command and its subcommands, the program first. */
export const everyCommand = (): readonly CliCommand[] => below(cellwrightProgram());

const below = (command: CliCommand): readonly CliCommand[] => [
	command,
	...command.commands.flatMap((each) => (each instanceof CliCommand ? below(each) : [])),
];

/** Every example, with the path of the command whose help has it. */
export const everyExample = (): readonly (Example & Readonly<{ of: string }>)[] =>
	everyCommand().flatMap((command) =>
		command.examples.map((example) => ({ ...example, of: command.path })),
	);

/** Parses what is typed after `npx cellwright` as the command line does, and does nothing. */
export async function parsed(words: readonly string[]): Promise<void> {
	const program = cellwrightProgram();
	for (const command of below(program)) {
		command.configureOutput({ writeErr() {}, writeOut() {} });
		if (command.parent !== null) command.action(() => {});
	}
	await program.parseAsync(words, { from: "user" });
}
