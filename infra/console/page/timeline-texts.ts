import { durationText } from "../../cli/screen/text-layout.ts";
import type { Mark, PodRow, Span } from "../api.ts";
import { clockText, withoutMs } from "./time-window.ts";

const attemptText = (attempt: number): string => (attempt > 0 ? `attempt ${attempt}, ` : "");

/** What a part of a bar means. */
function spanText({ what, attempt, fromMs, toMs }: Span, nowMs: number): string {
	// The page's now moves in steps: what has just begun may be ahead of it.
	const lasted = durationText(Math.max(0, (toMs ?? nowMs) - fromMs));
	const until = toMs === undefined ? "until now" : `until ${clockText(toMs)}`;
	return `${attemptText(attempt)}${what} ${lasted}: from ${clockText(fromMs)} ${until}`;
}

const markText = ({ what, atMs, attempt, text }: Mark): string =>
	`${attemptText(attempt)}${what} at ${clockText(atMs)}: ${withoutMs(text)}`;

/** Everything of a row's bar in one sentence, for who can't see it; the same until something happens. */
export function barText({ spans, marks }: PodRow): string {
	const last = spans.at(-1);
	const now =
		last === undefined
			? "nothing yet"
			: `${attemptText(last.attempt)}${last.what} since ${clockText(last.fromMs)}`;
	const count = (what: Mark["what"]) => marks.filter((mark) => mark.what === what).length;
	const counted = (["refused", "warned", "lost"] as const)
		.map((what) => [count(what), what] as const)
		.filter(([times]) => times > 0)
		.map(([times, what]) => `${what} ${times === 1 ? "once" : `${times} times`}`);
	return [now, ...counted].join("; ");
}

/** What a row's columns can't say: why it is as it is, otherwise what it does now. */
export function rowText({ reason, message, news, spans }: PodRow, nowMs: number): string {
	const why = reason === undefined ? [] : [`${reason}: ${message ?? ""}`];
	const last = spans.at(-1);
	const told = [...why, ...news];
	if (told.length > 0) return withoutMs(told.join(" · ").replaceAll("\n", "; "));
	return last === undefined ? "nothing yet" : spanText(last, nowMs);
}

/** What stands at a place of a row's bar: all that can be pointed at, in the order of time. */
export type Part = Readonly<{ key: string; atMs: number; text: string }>;

export const spanKey = (index: number): string => `span ${index}`;
export const markKey = (index: number): string => `mark ${index}`;

export const partsOf = ({ spans, marks }: PodRow, nowMs: number): readonly Part[] =>
	[
		...spans.map((span, index) => ({
			key: spanKey(index),
			atMs: span.fromMs,
			text: spanText(span, nowMs),
		})),
		...marks.map((mark, index) => ({
			key: markKey(index),
			atMs: mark.atMs,
			text: markText(mark),
		})),
	].sort((a, b) => a.atMs - b.atMs);
