import { padded, piecesOf, widthOf } from "./text-width.ts";

/** Widest line that commands print. */
export const outputColumns = 120;

/**
 * Text in lines of at most so many columns, broken between words where that is possible.
 *
 * Line breaks in the text stay. Nothing else of it steers a terminal: it may be a pod's own.
 */
export function wrapped(text: string, columns: number): readonly string[] {
	return text.split("\n").flatMap((line) => wrappedLine(printable(line), columns));
}

/** Text that steers no terminal: it may be a pod's own. */
export const printable = (text: string): string =>
	text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");

function wrappedLine(text: string, columns: number): readonly string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ").flatMap((each) => piecesOf(each, columns))) {
		const longer = line === "" ? word : `${line} ${word}`;
		if (widthOf(longer) <= columns) line = longer;
		else {
			lines.push(line);
			line = word;
		}
	}
	return [...lines, line];
}

/**
 * Columns side by side, each as wide as its widest cell; the last one wraps in what is left of the line.
 *
 * @returns the lines of each row.
 */
export function aligned(
	rows: readonly (readonly string[])[],
	columns: number,
	rightAligned: readonly number[] = [],
): readonly (readonly string[])[] {
	const count = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: count }, (_, at) =>
		Math.max(0, ...rows.map((row) => widthOf(row[at] ?? ""))),
	);
	return rows.map((row) => {
		const fixed = row
			.slice(0, -1)
			.map((text, at) => `${padded(text, widths[at] ?? 0, rightAligned.includes(at))}  `)
			.join("");
		return indented(fixed, wrapped(row.at(-1) ?? "", columns - widthOf(fixed)));
	});
}

/** Lines behind a word on the first of them. */
export const indented = (first: string, lines: readonly string[]): readonly string[] =>
	lines.map((line, at) => `${at === 0 ? first : " ".repeat(widthOf(first))}${line}`.trimEnd());

/** Blocks of lines with an empty line between them. */
export const apart = (blocks: readonly (readonly string[])[]): readonly string[] =>
	blocks.flatMap((lines, at) => (at === 0 ? lines : ["", ...lines]));

/** `2026-11-23 08:00:07Z`: to the second, in UTC. */
export const timeText = (iso: string): string => iso.replace("T", " ").replace(/\.\d+Z$/, "Z");

/** `7.3s`, `2m 07s`, `3h 20m` or `2d 03h`: as much as anybody wants to know. */
export function durationText(ms: number): string {
	const seconds = Math.round(ms / 1000);
	if (seconds < 100) return `${(ms / 1000).toFixed(1)}s`;
	const pair = (units: number, letters: string, per: number) =>
		`${Math.floor(units / per)}${letters[0]} ${String(units % per).padStart(2, "0")}${letters[1]}`;
	if (seconds < 3_600) return pair(seconds, "ms", 60);
	const minutes = Math.floor(seconds / 60);
	if (minutes < 24 * 60) return pair(minutes, "hm", 60);
	return pair(Math.floor(minutes / 60), "dh", 24);
}
