import { eastAsianWidth } from "get-east-asian-width";

// How wide text is in a terminal's columns, which isn't how long it is.

/** Lies above the character before it. */
const combining = /^[\p{Mn}\p{Me}]$/u;

const columnsOf = (character: string): number =>
	combining.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);

const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/** @param text that steers no terminal. */
export function widthOf(text: string): number {
	if (isPlain(text)) return text.length;
	let width = 0;
	for (const character of text) width += columnsOf(character);
	return width;
}

/** With spaces behind it, or before it, until it is so wide. */
export function padded(text: string, columns: number, right: boolean): string {
	const spaces = " ".repeat(Math.max(0, columns - widthOf(text)));
	return right ? `${spaces}${text}` : `${text}${spaces}`;
}

/** As much of its beginning as fits. */
function beginningOf(characters: Iterable<string>, columns: number): string {
	let width = 0;
	let beginning = "";
	for (const character of characters) {
		width += columnsOf(character);
		if (width > columns) break;
		beginning += character;
	}
	return beginning;
}

/** In parts that are at most so wide, unless one character is wider. */
export function piecesOf(text: string, columns: number): readonly string[] {
	if (widthOf(text) <= columns) return [text];
	const pieces: string[] = [];
	let piece = "";
	let width = 0;
	for (const character of text) {
		const more = columnsOf(character);
		if (piece !== "" && width + more > columns) {
			pieces.push(piece);
			piece = "";
			width = 0;
		}
		piece += character;
		width += more;
	}
	return [...pieces, piece];
}

/** Without its end, if it is wider. */
export const cut = (text: string, columns: number): string =>
	widthOf(text) <= columns ? text : `${beginningOf(text, columns - 1)}…`;

/** Without its middle, if it is wider: names of replicas differ at their ends. */
export function withoutMiddle(text: string, columns: number): string {
	if (widthOf(text) <= columns) return text;
	const endColumns = Math.floor((columns - 1) / 3);
	const end = [...beginningOf([...text].reverse(), endColumns)].reverse().join("");
	return `${beginningOf(text, columns - 1 - endColumns)}…${end}`;
}
