import { describe, expect, it } from "vitest";
import { helpColumns } from "../../../infra/cli/commands/command.ts";
import { cellwright, emptyFolder } from "./cellwright.ts";
import { everyCommand, everyExample, parsed } from "./commands.ts";

const commands = everyCommand();
const named = commands.map((command) => ({ path: command.path, command }));

/** The help text as it is printed, with what is added behind it. */
function helpOf(command: (typeof commands)[number]): string {
	let text = "";
	command.configureOutput({
		writeOut(part) {
			text += part;
		},
		getOutHelpWidth: () => helpColumns,
	});
	command.outputHelp();
	return text;
}

describe("help", () => {
	it.each(named)("of $path fits 100 columns", ({ command }) => {
		const lines = helpOf(command).split("\n");
		expect(lines.filter((line) => line.length > helpColumns)).toEqual([]);
	});

	it.each(named.slice(1))("of $path describes all in one manner, with examples", ({ command }) => {
		const { options } = command;
		const texts = [
			command.description(),
			command.summary() || "None",
			...options.map(({ description }) => description),
			...command.registeredArguments.map(({ description }) => description),
			...command.examples.map(({ does }) => does),
		];
		for (const text of texts) expect(text).toMatch(/^[A-Z0-9-]/);
		for (const option of options) expect(option.description).not.toMatch(/\.$/);
		expect(command.examples.length).toBeGreaterThan(0);
		expect(helpOf(command)).toContain(`Examples:\n  ${command.examples[0]?.run}`);
	});

	it("of the program has every command by task, the exit codes and the environment", () => {
		const [program] = commands;
		const text = program === undefined ? "" : helpOf(program);
		for (const { path, command } of named.slice(1))
			if (command.parent === program) expect(text).toContain(`\n  ${path.split(" ")[1]}`);
		expect(text).not.toContain("\nCommands:");
		expect(text).toMatch(/Exit codes:\n {2}0 .*\n {2}1 /);
		expect(text).toContain("CELLWRIGHT_DEPLOYMENT");
	});

	it("is what comes without a command, and is as wide in a wide terminal", async () => {
		const folder = await emptyFolder();
		const [alone, asked] = [await cellwright(folder), await cellwright(folder, "--help")];
		expect(alone).toEqual(asked);
		expect(asked).toMatchObject({ code: 0, stderr: "" });
		expect(asked.stdout.split("\n").filter((line) => line.length > helpColumns)).toEqual([]);
	});

	it("of a command that there isn't is wrong use", async () => {
		const folder = await emptyFolder();
		const help = async (...words: string[]) => await cellwright(folder, "help", ...words);
		const unknown = (word: string, of: string) => ({
			code: 2,
			stdout: "",
			stderr: `cellwright: unknown command '${word}'\n  try: npx ${of} --help\n`,
		});
		expect(await help("stauts")).toEqual(unknown("stauts", "cellwright"));
		expect(await help("authority", "turn")).toEqual(unknown("turn", "cellwright authority"));
	});

	it.each([[], ["launch"], ["dead-letters", "redrive"]])(
		"of %j can be asked for both ways",
		async (...words) => {
			const folder = await emptyFolder();
			const asked = await cellwright(folder, "help", ...words);
			expect(asked).toEqual(await cellwright(folder, ...words, "--help"));
			expect(asked.code).toBe(0);
		},
	);

	it("has the version of the package", async () => {
		const { stdout } = await cellwright(await emptyFolder(), "--version");
		expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
	});
});

describe("wrong use", () => {
	it.each([
		{
			words: ["stauts"],
			told: "unknown command 'stauts' (did you mean status?)",
			of: "cellwright",
		},
		{
			words: ["status", "--outptu", "json"],
			told: "unknown option '--outptu' (did you mean --output?)",
			of: "cellwright status",
		},
		{
			words: ["explain"],
			told: "missing required argument 'file-or-pod'",
			of: "cellwright explain",
		},
		{
			words: ["plan"],
			told: "required option '-f, --file <path...>' not specified",
			of: "cellwright plan",
		},
		{
			words: ["authority", "retire"],
			told: "missing required argument 'id'",
			of: "cellwright authority retire",
		},
	])("says for $words what to try", async ({ words, told, of }) => {
		const { code, stdout, stderr } = await cellwright(await emptyFolder(), ...words);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toBe(`cellwright: ${told}\n  try: npx ${of} --help\n`);
	});
});

describe("examples that are only parsed", () => {
	const all = everyExample();

	it("are few", () => {
		expect(all.filter(({ onlyParsed }) => onlyParsed !== undefined).length).toBeLessThan(
			all.length / 3,
		);
	});

	it.each(all.filter(({ onlyParsed }) => onlyParsed !== undefined))("$run", async ({ run }) => {
		const words = run.split("npx cellwright ")[1]?.split(" ") ?? [];
		await expect(parsed(words)).resolves.toBeUndefined();
		await expect(parsed([...words, "--no-such-option"])).rejects.toThrow("unknown option");
	});
});
