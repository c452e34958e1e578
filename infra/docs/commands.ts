import { Help, type Option } from "commander";
import { CliCommand } from "../cli/commands/command.ts";
import { placeHeading } from "../cli/commands/options.ts";
import { cellwrightProgram, environmentVariables, exitCodes } from "../cli/program.ts";
import { code, fenced, table, wrapped } from "./markdown.ts";

/** All commands by task, each with what it is for. */
export const commandsOverview = (): string =>
	[...groupsOf(cellwrightProgram())]
		.map(([title, commands]) =>
			[
				`**${title}**`,
				"",
				...commands.map((command) =>
					wrapped(
						`- [${code(command.name())}](#cellwright-${command.name()}): ${command.summary()}`,
						"  ",
					),
				),
			].join("\n"),
		)
		.join("\n\n");

/** A section for each command: usage, options, examples. */
export const commandsReference = (): string =>
	[...groupsOf(cellwrightProgram()).values()].flat().map(sectionOf).join("\n\n");

export const exitCodesTable = (): string =>
	table(
		["exit code", "meaning"],
		Object.entries(exitCodes).map(([exitCode, meaning]) => [exitCode, meaning]),
	);

export const environmentVariablesTable = (): string =>
	table(
		["variable", "meaning"],
		Object.entries(environmentVariables).map(([name, meaning]) => [code(name), meaning]),
	);

function groupsOf(program: CliCommand): ReadonlyMap<string, readonly CliCommand[]> {
	const groups = new Map<string, CliCommand[]>();
	for (const command of subcommandsOf(program)) {
		const title = command.helpGroup().replace(/:$/, "");
		groups.set(title, [...(groups.get(title) ?? []), command]);
	}
	return groups;
}

const subcommandsOf = (command: CliCommand): readonly CliCommand[] =>
	command.commands.filter((each) => each instanceof CliCommand);

const sectionOf = (command: CliCommand): string =>
	[
		heading(command),
		wrapped(command.description()),
		fenced("text", usageOf(command)),
		...(command.registeredArguments.length === 0 ? [] : [argumentsTable(command)]),
		...(ownOptions(command).length === 0 ? [] : [optionsTable(command)]),
		...(ownOptions(command).length === command.options.length ? [] : [placeNote]),
		fenced("sh", examplesOf(command)),
		...subcommandsOf(command).map(sectionOf),
	].join("\n\n");

/** Commands are below the page's own sections, and their subcommands below them. */
function heading(command: CliCommand): string {
	const words = command.path.split(" ");
	return `${"#".repeat(words.length + 1)} ${command.path}`;
}

const usageOf = (command: CliCommand): string => `npx ${command.path} ${command.usage()}`;

const argumentsTable = (command: CliCommand): string =>
	table(
		["argument", "meaning"],
		command.registeredArguments.map((argument) => [code(argument.name()), argument.description]),
	);

const placeNote =
	"Also `--deployment`, `--endpoint` and `--region`: [where a command looks](#where-a-command-looks).";

/** Without those that say where to look, which many have. */
const ownOptions = ({ options }: CliCommand): readonly Option[] =>
	options.filter(({ helpGroupHeading }) => helpGroupHeading !== placeHeading);

const optionsTable = (command: CliCommand): string =>
	table(
		["option", "meaning"],
		ownOptions(command).map((option) => [code(option.flags), meaningOf(option)]),
	);

/** With choices and default, as the help has them. */
const meaningOf = (option: Option): string =>
	option.defaultValue === false ? option.description : new Help().optionDescription(option);

/** Each with what it does, as a comment. */
const examplesOf = (command: CliCommand): string =>
	command.examples.map(({ run, does }) => `# ${does}\n${run}`).join("\n");
