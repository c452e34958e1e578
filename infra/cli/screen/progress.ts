import { durationText, printable } from "./text-layout.ts";

/** What is done sooner needs no word. */
const quietMs = 1_000;
const redrawEveryMs = 200;
/** To the line's beginning, and nothing on it. */
const emptyLine = "\r\u001b[K";

/** Where progress is shown: standard error. */
type Progress = Readonly<{ isTTY?: boolean; columns?: number; write(text: string): unknown }>;

/**
 * Does some work; once that takes longer than a second, a terminal shows what is done, with the time so far. The line
 * is gone afterwards, and never there where standard error is no terminal.
 *
 * @param text in the progressive form, such as `counting pods`; a function's is asked anew for each drawing.
 */
export async function withProgress<Result>(
	text: string | (() => string),
	work: () => Promise<Result>,
	out: Progress = process.stderr,
): Promise<Result> {
	if (out.isTTY !== true) return await work();
	const began = performance.now();
	const timer = setInterval(() => {
		const ms = performance.now() - began;
		if (ms < quietMs) return;
		const said = printable(typeof text === "string" ? text : text());
		const line = `${said} … ${durationText(ms)}`.slice(0, (out.columns ?? 80) - 1);
		out.write(`${emptyLine}${line}`);
	}, redrawEveryMs);
	try {
		return await work();
	} finally {
		clearInterval(timer);
		if (performance.now() - began >= quietMs) out.write(emptyLine);
	}
}
