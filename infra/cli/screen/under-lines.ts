import type { Canvas } from "./canvas.ts";
import { wrapped } from "./text-layout.ts";
import { cut } from "./text-width.ts";

const indent = "  ";
/** Of each text that is drawn over soon: there are others, and `status` has all of it. */
const mostPassing = 3;

/**
 * What the columns of a table have no room for, in lines below.
 *
 * @param first stands before the first line; the others are indented.
 */
export function underLines(
	text: string,
	{ columns, isPassing }: Canvas,
	first: "" | typeof indent = "",
): readonly string[] {
	const all = wrapped(text, Math.max(1, columns - indent.length)).map(
		(line, at) => `${at === 0 ? first : indent}${line}`,
	);
	if (!isPassing || all.length <= mostPassing) return all;
	return all
		.slice(0, mostPassing)
		.map((line, at) => (at === mostPassing - 1 ? cut(`${line} …`, columns) : line));
}
