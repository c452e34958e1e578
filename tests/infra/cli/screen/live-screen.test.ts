import { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { describe, expect, it, vi } from "vitest";
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

	it("goes back over every row that the last drawing took, wrapped ones too", () => {
		vi.useFakeTimers();
		const { stream, text } = output(true);
		const screen = liveScreen(stream, () => ["short", "longer than ten"]);
		screen.changed("first");
		vi.advanceTimersByTime(1_000);
		screen.changed("second");
		vi.advanceTimersByTime(1_000);
		screen.close();
		vi.useRealTimers();
		const drawings = text().split("short\nlonger than ten\n");
		expect(drawings).toHaveLength(3);
		// One row for the first line and two for the second.
		expect(drawings[1]).toContain("\u001b[3A");
	});

	it("never draws more rows than it can draw over, however its lines wrap", () => {
		vi.useFakeTimers();
		const { stream, text } = output(true);
		// Two rows each, and 23 of 24 rows are there to be drawn on.
		const screen = liveScreen(stream, () =>
			Array.from({ length: 20 }, (_, index) => `row number ${index}`),
		);
		screen.changed("first");
		vi.advanceTimersByTime(1_000);
		screen.changed("second");
		screen.close();
		vi.useRealTimers();
		expect(text()).toContain("\u001b[22A");
		expect(text()).not.toContain("row number 8\n");
		expect(text().match(/row number 9\n/g)).toHaveLength(2);
	});

	it.each([true, false])("draws nothing when nothing has changed (terminal: %s)", (terminal) => {
		const { stream, text } = output(terminal);
		liveScreen(stream, () => ["TABLE"]).close();
		expect(text()).toBe("");
	});
});
