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
