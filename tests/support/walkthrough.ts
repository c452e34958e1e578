import { type Page, pageOf } from "../docs/pages.ts";

/** Commands that a page tells people to type, and what it says that they print. */
export type Step = Readonly<{
	/** Its line on the page. */
	line: number;
	/** Which terminal it is typed in: `sh second`; where nothing is said, the first. */
	terminal: string;
	commands: string;
	/** The `text` block behind it; absent: the page says nothing about it. */
	shown?: string;
}>;

/** The steps of a page, in its order. Blocks marked `sh elsewhere` are for another time or place. */
export function stepsOf(path: string, markdown: string): readonly Step[] {
	const { blocks } = pageOf(path, markdown);
	return blocks.flatMap(({ language, kind, text, line }, index) => {
		if (language !== "sh" || kind === "elsewhere") return [];
		const next: Page["blocks"][number] | undefined = blocks[index + 1];
		const shown = next?.language === "text" && next.kind === "" ? { shown: next.text } : {};
		return [{ line, terminal: kind === "" ? "first" : kind, commands: text, ...shown }];
	});
}

/**
 * What is another one each time: ids, moments, durations, addresses, and how widely a table is spaced. Figures such as
 * prices stay as they are.
 */
const varying: readonly (readonly [RegExp, string])[] = [
	[/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uid>"],
	[/\bi-[0-9a-f]{17}\b/g, "<instance>"],
	[/\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>"],
	[/\b127(\.\d{1,3}){3}(:\d+)?/g, "<address>"],
	[/\b\d+(\.\d+)? ?(ms|s|m|h|min)\b/g, "<duration>"],
	[/<duration>( <duration>)+/g, "<duration>"],
	[/\s+/g, " "],
];

const leveled = (line: string): string =>
	varying.reduce((text, [form, name]) => text.replaceAll(form, name), line).trim();

/**
 * Whether output is what a page shows, line by line: empty lines don't count, `…` in a line stands for any text, and a
 * line that is nothing but `…` for any number of lines. In any other place, lines must follow each other.
 *
 * @returns the first line shown that isn't there; undefined: all of them are.
 */
export function missingFrom(output: readonly string[], shown: string): string | undefined {
	const lines = output.map(leveled).filter((line) => line !== "");
	const wanted = shown
		.split("\n")
		.map(leveled)
		.filter((line) => line !== "");
	return firstMissing(lines, wanted, true);
}

function firstMissing(
	lines: readonly string[],
	[first, ...others]: readonly string[],
	anywhere: boolean,
): string | undefined {
	if (first === undefined) return undefined;
	if (first === "…") return firstMissing(lines, others, true);
	const form = formOf(first);
	const tried = anywhere ? lines.keys() : [0];
	let missing: string | undefined = first;
	for (const index of tried) {
		if (!form.test(lines[index] ?? "")) continue;
		missing = firstMissing(lines.slice(index + 1), others, false);
		if (missing === undefined) return undefined;
	}
	return missing;
}

const formOf = (line: string): RegExp =>
	new RegExp(`^${line.split("…").map(RegExp.escape).join(".*")}$`);
