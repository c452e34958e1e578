/** A Markdown table; what would break it is escaped. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
	return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
};

export const code = (text: string): string => `\`${text}\``;

/** A fenced block. @param kind its language, and what a reader of the source should know about it. */
export const fenced = (kind: string, text: string): string =>
	["```".concat(kind), text.trimEnd(), "```"].join("\n");

export const jsonBlock = (value: unknown): string => fenced("json", JSON.stringify(value, null, 2));

/** Text in lines of at most 120 columns, broken between words and never within code. */
export function wrapped(text: string, indent = ""): string {
	const lines: string[] = [];
	for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
		const line = lines.at(-1);
		if (line === undefined) lines.push(word);
		else if (line.length + 1 + word.length <= 120) lines.splice(-1, 1, `${line} ${word}`);
		else lines.push(`${indent}${word}`);
	}
	return lines.join("\n");
}
