import { clearScreenDown, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { isColored } from "./color.ts";

/** Between two drawings: people can't read faster. */
const drawEveryMs = 200;

/**
 * A table that redraws itself in place on a terminal. Anywhere else each change is a line of its own and the
 * table comes once, at the end.
 *
 * @param draw the lines to show.
 */
export function liveScreen(out: WriteStream, draw: (colored: boolean) => readonly string[]) {
	const live = out.isTTY === true;
	const colored = isColored(out, process.env);
	let drawn = 0;
	let dirty = false;
	let hasNews = false;
	const redraw = () => {
		if (!dirty) return;
		dirty = false;
		moveCursor(out, 0, -drawn);
		clearScreenDown(out);
		const { lines, rows } = lastThatFit(draw(colored), out);
		out.write(`${lines.join("\n")}\n`);
		drawn = rows;
	};
	const timer = live ? setInterval(redraw, drawEveryMs) : undefined;
	return {
		/** @param line what has changed, for those who can't see the table. */
		changed(line: string) {
			dirty = true;
			hasNews = true;
			if (!live) out.write(`${line}\n`);
		},
		/** Something has changed that only the table shows. */
		redraw() {
			dirty = true;
			hasNews = true;
		},
		close() {
			clearInterval(timer);
			if (live) redraw();
			else if (hasNews) out.write(`\n${draw(colored).join("\n")}\n`);
		},
	};
}

/** What is drawn higher than the screen can't be drawn over: of a long table the end is shown, by rows, not by lines. */
function lastThatFit(lines: readonly string[], out: WriteStream) {
	// A terminal that doesn't know its size says 0.
	const columns = out.columns || 80;
	const room = (out.rows || 24) - 1;
	let rows = 0;
	let from = lines.length;
	while (from > 0) {
		const more = rowsOf(lines[from - 1] ?? "", columns);
		if (rows + more > room) break;
		rows += more;
		from--;
	}
	return { lines: lines.slice(from), rows };
}

/** Terminal rows that a line takes, colours not counted. */
const rowsOf = (line: string, columns: number): number =>
	Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
