import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { Canvas } from "../../../../infra/cli/screen/canvas.ts";
import { liveScreen } from "../../../../infra/cli/screen/live-screen.ts";

/** Something to write to that remembers it, as a terminal or as a file. */
const output = (terminal: boolean) => {
	let text = "";
	const stream = new Writable({
		write(chunk, _encoding, done) {
			text += chunk;
			done();
		},
	});
	Object.assign(stream, { isTTY: terminal, columns: 10, rows: 24, hasColors: () => false });
	return { stream: stream as unknown as WriteStream, text: () => text };
};

describe("the screen", () => {
	it("writes a line per change and the table once, at the end, where nobody watches", () => {
		const { stream, text } = output(false);
		const screen = liveScreen(stream, () => ["TABLE"]);
		screen.changed("a Scheduled");
		screen.changed("a Ready");
		screen.close();
		expect(text()).toBe("a Scheduled\na Ready\n\nTABLE\n");
	});

	it("goes back over every row that the last drawing took, wrapped and wide ones too", () => {
		vi.useFakeTimers();
		const { stream, text } = output(true);
		const screen = liveScreen(stream, () => ["short", "\u001b[31mlonger than ten", "見見見見見見"]);
		screen.changed("first");
		vi.advanceTimersByTime(1_000);
		screen.changed("second");
		vi.advanceTimersByTime(1_000);
		screen.close();
		vi.useRealTimers();
		// One row for the first line and two for each of the others; the last drawing is what stays.
		// And to the line's beginning first, where a Ctrl-C may have been echoed.
		expect(text().split("\u001b[1G\u001b[5A")).toHaveLength(3);
		expect(text().split("short\n")).toHaveLength(4);
	});

	it("never draws more rows than it can draw over, however its lines wrap, and all at the end", () => {
		vi.useFakeTimers();
		const { stream, text } = output(true);
		// Two rows each, and 23 of 24 rows are there to be drawn on.
		const screen = liveScreen(stream, () =>
			Array.from({ length: 20 }, (_, index) => `row number ${index}`),
		);
		screen.changed("first");
		vi.advanceTimersByTime(1_000);
		expect(text()).toContain("row number 9\n");
		expect(text()).not.toContain("row number 8\n");
		screen.close();
		vi.useRealTimers();
		expect(text()).toContain("\u001b[22A");
		expect(text()).toContain("row number 0\n");
	});

	it("draws for a terminal as wide as it is now, and cuts nothing at the end or in a file", () => {
		vi.useFakeTimers();
		const terminal = output(true);
		const file = output(false);
		const told = ({ columns, isPassing }: Canvas) => [`${columns}${isPassing ? " passing" : ""}`];
		const screens = [liveScreen(terminal.stream, told), liveScreen(file.stream, told)];
		for (const screen of screens) screen.changed("news");
		vi.advanceTimersByTime(1_000);
		Object.assign(terminal.stream, { columns: 70 });
		terminal.stream.emit("resize");
		vi.advanceTimersByTime(1_000);
		for (const screen of screens) screen.close();
		vi.useRealTimers();
		expect(stripVTControlCharacters(terminal.text())).toBe("10 passing\n70 passing\n70\n");
		expect(file.text()).toBe("news\n\nInfinity\n");
		expect(terminal.stream.listenerCount("resize")).toBe(0);
	});

	it("steers no terminal with what it is told of", () => {
		const { stream, text } = output(false);
		const screen = liveScreen(stream, () => []);
		screen.changed("a \u001b[2J");
		screen.close();
		expect(text()).toBe("a \uFFFD[2J\n\n\n");
	});

	it.each([true, false])("draws nothing when nothing has changed (terminal: %s)", (terminal) => {
		const { stream, text } = output(terminal);
		liveScreen(stream, () => ["TABLE"]).close();
		expect(text()).toBe("");
	});
});
