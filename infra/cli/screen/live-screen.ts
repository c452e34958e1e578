import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { type Canvas, canvasOf, terminalColumns } from "./canvas.ts";
import { printable } from "./text-layout.ts";
import { widthOf } from "./text-width.ts";

/** Between two drawings: people can't read faster. */
const drawEveryMs = 200;

/**
 * A table that redraws itself in place on a terminal. Anywhere else each change is a line of its own and the
 * table comes once, at the end. What is left at the end is all of it, however small the terminal is.
 *
 * @param draw the lines to show.
 */
export function liveScreen(out: WriteStream, draw: (canvas: Canvas) => readonly string[]) {
	const live = out.isTTY === true;
	let drawn: readonly string[] = [];
	let dirty = false;
	let hasNews = false;
	const write = (lines: readonly string[]) => {
		// Behind a Ctrl-C stands ^C.
		cursorTo(out, 0);
		// A terminal that has become narrower since has broken the lines anew.
		moveCursor(out, 0, -rowsTogether(drawn, terminalColumns(out)));
		clearScreenDown(out);
		out.write(`${lines.join("\n")}\n`);
		drawn = lines;
	};
	const redraw = () => {
		if (!dirty) return;
		dirty = false;
		write(lastThatFit(draw({ ...canvasOf(out, process.env), isPassing: true }), out));
	};
	const resized = () => {
		dirty = hasNews;
	};
	const timer = live ? setInterval(redraw, drawEveryMs) : undefined;
	if (live) out.on("resize", resized);
	return {
		/** @param line what has changed, for those who can't see the table. */
		changed(line: string) {
			dirty = true;
			hasNews = true;
			if (!live) out.write(`${printable(line)}\n`);
		},
		/** Something has changed that only the table shows. */
		redraw() {
			dirty = true;
			hasNews = true;
		},
		close() {
			clearInterval(timer);
			out.off("resize", resized);
			if (!hasNews) return;
			const lines = draw(canvasOf(out, process.env));
			if (live) write(lines);
			else out.write(`\n${lines.join("\n")}\n`);
		},
	};
}

/** What is drawn higher than the screen can't be drawn over: of a long table the end is shown, by rows, not by lines. */
function lastThatFit(lines: readonly string[], out: WriteStream): readonly string[] {
	const columns = terminalColumns(out);
	const room = (out.rows || 24) - 1;
	let rows = 0;
	let from = lines.length;
	while (from > 0) {
		const more = rowsOf(lines[from - 1] ?? "", columns);
		if (rows + more > room) break;
		rows += more;
		from--;
	}
	return lines.slice(from);
}

const rowsTogether = (lines: readonly string[], columns: number): number =>
	lines.reduce((rows, line) => rows + rowsOf(line, columns), 0);

/** Terminal rows that a line takes, colours not counted. */
const rowsOf = (line: string, columns: number): number =>
	Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns));
