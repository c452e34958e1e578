import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";

/** A fenced block: its language, the words behind that, its text, and the line where it begins. */
type Block = Readonly<{ language: string; kind: string; text: string; line: number }>;

export type Page = Readonly<{
	/** From the repository's root. */
	path: string;
	/** Without its fenced blocks, line by line: these are empty. */
	prose: readonly string[];
	blocks: readonly Block[];
}>;

/** Every page that people are pointed to. */
export async function allPages(): Promise<readonly Page[]> {
	const paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
	for await (const path of glob("docs/**/*.md")) paths.push(path);
	return paths.sort().map((path) => pageOf(path, readFileSync(path, "utf8")));
}

export function pageOf(path: string, markdown: string): Page {
	const prose: string[] = [];
	const blocks: Block[] = [];
	let open: { info: string; indent: number; line: number; lines: string[] } | undefined;
	for (const [index, line] of markdown.split("\n").entries()) {
		// Within a list, a block is indented as its text is.
		const [, indent = "", fence] = /^( {0,3})```(.*)$/.exec(line) ?? [];
		prose.push(open === undefined && fence === undefined ? line : "");
		if (fence === undefined) open?.lines.push(line.slice(open.indent));
		else if (open === undefined)
			open = { info: fence.trim(), indent: indent.length, line: index + 1, lines: [] };
		else {
			const [language = "", ...kind] = open.info.split(" ");
			blocks.push({ language, kind: kind.join(" "), text: open.lines.join("\n"), line: open.line });
			open = undefined;
		}
	}
	if (open !== undefined) throw new RangeError(`${path}:${open.line}: the block has no end`);
	return { path, prose, blocks };
}

/** The anchors of a page, as GitHub makes them from headings. */
export function anchorsOf({ prose }: Page): ReadonlySet<string> {
	const anchors = new Set<string>();
	for (const line of prose) {
		const heading = /^#{1,6} +(?<text>.+?)\s*$/.exec(line)?.groups?.["text"];
		if (heading === undefined) continue;
		const base = heading
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
			.replaceAll(/\s/g, "-");
		let anchor = base;
		for (let copy = 1; anchors.has(anchor); copy++) anchor = `${base}-${copy}`;
		anchors.add(anchor);
	}
	return anchors;
}
