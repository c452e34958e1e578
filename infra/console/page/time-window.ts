import type { PodRow } from "../api.ts";

/** What the time axis shows, ms since 1970. */
export type TimeWindow = Readonly<{ fromMs: number; toMs: number }>;

/** Lengths to choose from, in minutes, or from the first pod on. */
export const windowLengths = ["2", "5", "15", "60", "all"] as const;
export type WindowLength = (typeof windowLengths)[number];

/** Room right of now, so that what has just begun can be seen. */
const ahead = 0.02;

/** A run that is younger than the length has the whole axis for itself. */
export function timeWindow(
	length: WindowLength,
	nowMs: number,
	pods: Iterable<PodRow>,
): TimeWindow {
	const sinceFirstMs = nowMs - firstOf(pods, nowMs - leastMs);
	const lengthMs =
		length === "all" ? sinceFirstMs : Math.min(sinceFirstMs, Number(length) * 60_000);
	return { fromMs: nowMs - lengthMs, toMs: nowMs + lengthMs * ahead };
}

/** An axis of milliseconds would say nothing. */
const leastMs = 30_000;

function firstOf(pods: Iterable<PodRow>, latestMs: number): number {
	let first = latestMs;
	for (const { spans } of pods) first = Math.min(first, spans[0]?.fromMs ?? first);
	return first;
}

/** Where a moment stands on the axis: 0 is its beginning, 1 its end. */
export const shareOf = (ms: number, { fromMs, toMs }: TimeWindow): number =>
	(ms - fromMs) / (toMs - fromMs);

/** A part of the axis in percent, cut at its ends; undefined: nothing of it is seen. */
export function extentOf(
	fromMs: number,
	toMs: number,
	window: TimeWindow,
): Readonly<{ left: number; width: number }> | undefined {
	const left = Math.max(0, shareOf(fromMs, window));
	const right = Math.min(1, shareOf(toMs, window));
	return right < left || left > 1
		? undefined
		: { left: left * 100, width: Math.max(0, right - left) * 100 };
}

const steps = [
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
];

export type Tick = Readonly<{ atMs: number; text: string }>;

/** Round moments on the axis, at most so many. */
export function ticksOf({ fromMs, toMs }: TimeWindow, most: number): readonly Tick[] {
	const seconds = (toMs - fromMs) / 1000;
	const stepMs = 1000 * (steps.find((step) => seconds / step <= most) ?? 86_400);
	const first = Math.ceil(fromMs / stepMs) * stepMs;
	const count = Math.max(0, Math.floor((toMs - first) / stepMs) + 1);
	return Array.from({ length: count }, (_, index) => {
		const atMs = first + index * stepMs;
		return { atMs, text: clockText(atMs).slice(0, stepMs < 60_000 ? 8 : 5) };
	});
}

/** A text with its times to the second: `2026-11-23T08:00:07Z`. */
export const withoutMs = (text: string): string =>
	text.replace(/(T\d\d:\d\d:\d\d)\.\d{3}Z/g, "$1Z");

/** `08:00:07`, in UTC as everywhere. */
export const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
