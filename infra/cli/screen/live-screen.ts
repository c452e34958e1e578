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
	const redraw = () => {
		if (!dirty) return;
		dirty = false;
		moveCursor(out, 0, -drawn);
		clearScreenDown(out);
		const lines = draw(colored).slice(-(out.rows - 1));
		out.write(`${lines.join("\n")}\n`);
		drawn = lines.reduce((sum, line) => sum + rowsOf(line, out.columns), 0);
	};
	const timer = live ? setInterval(redraw, drawEveryMs) : undefined;
	return {
		/** @param line what has changed, for those who can't see the table. */
		changed(line: string) {
			dirty = true;
			if (!live) out.write(`${line}\n`);
		},
		/** Something has changed that only the table shows. */
		redraw() {
			dirty = true;
		},
		close() {
			clearInterval(timer);
			if (live) redraw();
			else out.write(`\n${draw(colored).join("\n")}\n`);
		},
	};
}

/** Terminal rows that a line takes, colours not counted. */
const rowsOf = (line: string, columns: number): number =>
	Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns));
