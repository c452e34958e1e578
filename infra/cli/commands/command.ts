import { Command, type ErrorOptions } from "commander";
import { indented, wrapped } from "../screen/text-layout.ts";

/** Widest line of a help text, however wide the terminal is. */
export const helpColumns = 100;

/** One call of a command, for who learns by looking. All of them are run by a test, as they stand. */
export type Example = Readonly<{
	/** As it is typed into a shell. */
	run: string;
	/** What it is good for, one clause. */
	does: string;
	/** How it ends in the test; default 0. */
	exits?: 1 | 2 | 3;
	/** Runs until Ctrl-C. */
	endless?: true;
	/** Why the test only parses it. */
	onlyParsed?: string;
}>;

/** A command of the command line: its help ends with examples, and its errors with the next command to try. */
export class CliCommand extends Command {
	#examples: readonly Example[] = [];

	override createCommand(name?: string): CliCommand {
		return new CliCommand(name);
	}

	withExamples(...examples: readonly Example[]): this {
		this.#examples = examples;
		return this.addHelpText("after", () => `\n${exampleLines(examples).join("\n")}`);
	}

	get examples(): readonly Example[] {
		return this.#examples;
	}

	/** `cellwright authority rotate`. */
	get path(): string {
		const above = this.parent instanceof CliCommand ? `${this.parent.path} ` : "";
		return `${above}${this.name()}`;
	}

	override error(message: string, options?: ErrorOptions): never {
		const said = message.replace(/^error: /, "").replace("\n(Did you mean", " (did you mean");
		return super.error(`cellwright: ${said}\n  try: npx ${this.path} --help`, options);
	}
}

const exampleLines = (examples: readonly Example[]): readonly string[] => [
	"Examples:",
	...examples.flatMap(({ run, does }) => [
		`  ${run}`,
		...indented("      ", wrapped(does, helpColumns - 6)),
	]),
];
