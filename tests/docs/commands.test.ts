import { exec } from "node:child_process";
import { promisify } from "node:util";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { cellwrightProgram } from "../../infra/cli/program.ts";
import { allPages, type Page } from "./pages.ts";

/** Every `npx cellwright …` of a page, in its text and in its blocks for a shell. */
const commandsOf = ({ prose, blocks }: Page): readonly string[] => {
	const inText = [...prose.join(" ").matchAll(/`(npx cellwright\b[^`]*)`/g)].map(
		([, text = ""]) => text,
	);
	const inBlocks = blocks
		.filter(({ language }) => /^(sh|bash|console)$/.test(language))
		.flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
		.flatMap((line) => /(npx cellwright\b.*)$/.exec(line)?.slice(1) ?? []);
	return [...new Set([...inText, ...inBlocks])];
};

/** What is wrong with a line: a command or an option that there isn't. */
function wrongIn(line: string): readonly string[] {
	const words = line.split(/\s+/).slice(2);
	let command: Command = cellwrightProgram();
	const wrong: string[] = [];
	for (const word of words) {
		if (/^[|>#&;]/.test(word)) break;
		const inner = command.commands.find((each) => each.name() === word);
		if (inner !== undefined) command = inner;
		else if (command.parent === null && /^[a-z]/.test(word)) return [word];
		else if (word.startsWith("-") && !hasOption(command, word)) wrong.push(word);
	}
	return wrong;
}

const hasOption = (command: Command, word: string): boolean =>
	["-", "--help", "-h", "--version"].includes(word) ||
	command.options.some(({ short, long }) => [short, long].includes(word.split("=")[0])) ||
	(command.parent !== null && hasOption(command.parent, word));

describe("commands in the documentation", async () => {
	const found = (await allPages())
		.filter(({ path }) => path !== "CHANGELOG.md" && !path.includes("/adr/"))
		.flatMap((page) => commandsOf(page).map((line) => ({ path: page.path, line })));

	it("are found", () => {
		expect(found.length).toBeGreaterThan(30);
	});

	it.each(found)("$path: $line can be typed", ({ line }) => {
		expect(wrongIn(line)).toEqual([]);
	});

	// What needs no stack is run as well; the others are run by the journeys that they belong to.
	const alone = found.filter(({ line }) =>
		/^npx cellwright (explain|plan -f) examples\/\S+( --provider provider\.yaml)?$/.test(line),
	);

	it.each([...new Set(alone.map(({ line }) => line))])("%s runs", async (line) => {
		const command = line.replace("npx cellwright", `"${process.execPath}" infra/cli/cellwright.ts`);
		const { stdout } = await promisify(exec)(command);
		expect(stdout).toMatch(/^ {2}choice/m);
	});

	it.each([
		{ line: "npx cellwright lunch -f pod.yaml", wrong: ["lunch"] },
		{ line: "npx cellwright explain pod.yaml --provder p.yaml", wrong: ["--provder"] },
		{ line: "kubectl | npx cellwright launch -f - --wait", wrong: [] },
	])("are wrong in $wrong: $line", ({ line, wrong }) => {
		expect(wrongIn(line.slice(line.indexOf("npx")))).toEqual(wrong);
	});
});
