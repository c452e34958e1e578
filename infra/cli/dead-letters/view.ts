import {
	aligned,
	durationText,
	indented,
	outputColumns,
	printable,
	timeText,
	wrapped,
} from "../screen/text-layout.ts";
import type { Pile } from "./in-hand.ts";
import type { OpenedLetter } from "./letter.ts";

/** So much of an id is shown, and enough to name a letter. */
const idLength = 8;

const heads = ["QUEUE", "ID", "SENT", "AGO", "READ", "REASON", "ABOUT"];

/** All letters in a table, under each what is wrong with it; then what else lies there. */
export function pileLines(piles: readonly Pile[], now: Date, showBody: boolean): readonly string[] {
	const opened = piles.flatMap(({ letters }) => letters);
	if (opened.length === 0) return ["no dead letters", ...otherLines(piles)];
	const rows = opened.map(({ letter }) => [
		letter.queue,
		letter.id.slice(0, idLength),
		timeText(letter.sentAt),
		durationText(Math.max(0, now.getTime() - Date.parse(letter.sentAt))),
		`${letter.receives}x`,
		printable(letter.reason),
		letter.about,
	]);
	const [head = [], ...lines] = aligned([heads, ...rows], outputColumns, [3, 4]);
	return [
		...head,
		...lines.flatMap((block, index) => [...block, ...underLines(opened[index], showBody)]),
		...otherLines(piles),
	];
}

const underLines = (opened: OpenedLetter | undefined, showBody: boolean): readonly string[] => {
	if (opened === undefined) return [];
	const texts = [...opened.letter.faults, ...(showBody ? [opened.body] : [])];
	return texts.flatMap((text) => indented("    ", wrapped(text, outputColumns - 4)));
};

const otherLines = (piles: readonly Pile[]): readonly string[] =>
	piles.flatMap(({ queue: { of }, more, elsewhere }) => [
		...(more > 0 ? [`${of}: about ${more} more; --limit <count> shows more of them`] : []),
		...(elsewhere > 0
			? [`${of}: about ${elsewhere} more that somebody else is reading, or that were read lately`]
			: []),
	]);

/** `pod-scheduled 4f1c22aa (shop/web, uid …)`. */
export const letterText = ({ letter }: OpenedLetter): string =>
	printable(`${letter.queue} ${letter.id.slice(0, idLength)} (${letter.about})`);
