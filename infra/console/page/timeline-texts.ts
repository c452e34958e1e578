import { durationText } from "../../cli/screen/text-layout.ts";
import type { Mark, PodRow, Span } from "../api.ts";
import { clockText } from "./time-window.ts";

const attemptText = (attempt: number): string => (attempt > 0 ? `attempt ${attempt}, ` : "");

/** What a part of a bar means. */
export function spanText({ what, attempt, fromMs, toMs }: Span, nowMs: number): string {
	const lasted = durationText((toMs ?? nowMs) - fromMs);
	const until = toMs === undefined ? "until now" : `until ${clockText(toMs)}`;
	return `${attemptText(attempt)}${what} ${lasted}: from ${clockText(fromMs)} ${until}`;
}

export const markText = ({ what, atMs, attempt, text }: Mark): string =>
	`${attemptText(attempt)}${what} at ${clockText(atMs)}: ${text}`;

/** Everything of a row's bar in one sentence, for who can't see it. */
export function barText({ spans, marks }: PodRow, nowMs: number): string {
	const last = spans.at(-1);
	const now = last === undefined ? "nothing yet" : spanText(last, nowMs);
	const count = (what: Mark["what"]) => marks.filter((mark) => mark.what === what).length;
	const counted = (["refused", "warned", "lost"] as const)
		.map((what) => [count(what), what] as const)
		.filter(([times]) => times > 0)
		.map(([times, what]) => `${what} ${times === 1 ? "once" : `${times} times`}`);
	return [now, ...counted].join("; ");
}

/** What stands at a place of a row's bar: all that can be pointed at, in the order of time. */
export type Part = Readonly<{ atMs: number; text: string }>;

export const partsOf = ({ spans, marks }: PodRow, nowMs: number): readonly Part[] =>
	[
		...spans.map((span) => ({ atMs: span.fromMs, text: spanText(span, nowMs) })),
		...marks.map((mark) => ({ atMs: mark.atMs, text: markText(mark) })),
	].sort((a, b) => a.atMs - b.atMs);
