import type { Dashboard } from "../dashboards/definition.ts";
import { fleet } from "../dashboards/fleet.ts";
import { health } from "../dashboards/health.ts";
import { type LogLine, type Observation, runFrom } from "../dashboards/observations.ts";
import type { Charts } from "./api.ts";
import { chartsOf } from "./charts.ts";

const dashboards: readonly Dashboard[] = [fleet, health];

/** Kept of what the dashboards show, the latest ones: hours of an idle stack, minutes of a burst of thousands. */
const mostObservations = 50_000;
const mostLogLines = 10_000;
/** Forgotten at once, so that not each new one moves all others. */
const forgottenShare = 0.1;
const renewedEveryMs = 2_000;

/**
 * The dashboards' charts from what functions write: their embedded metrics and logs, line by line. In memory: 50,000
 * observations and 10,000 log lines, of which only the field that is counted is kept.
 *
 * @param nowMs milliseconds since 1970.
 */
export function chartFeed(nowMs: () => number) {
	const observations: Observation[] = [];
	const log: LogLine[] = [];
	let isDrawn = true;
	let drawnAtMs = -Infinity;
	let drawn: readonly Charts[] = [];

	return {
		/** A line of a function's log, or of what AWS would measure; other lines count for nothing. */
		take(line: string): void {
			const run = runFrom(line);
			const measured = run.observations.filter(({ metric }) => shownMetrics.has(metric));
			const logged = run.log.flatMap(shownOf);
			if (measured.length === 0 && logged.length === 0) return;
			observations.push(...measured);
			log.push(...logged);
			forgetOldest(observations, mostObservations);
			forgetOldest(log, mostLogLines);
			isDrawn = false;
		},
		/** Of both dashboards; drawn anew at most every two seconds, and only when something has come. */
		current(): readonly Charts[] {
			if (isDrawn || nowMs() - drawnAtMs < renewedEveryMs) return drawn;
			drawn = chartsOf(dashboards, { observations, log });
			drawnAtMs = nowMs();
			isDrawn = true;
			return drawn;
		},
	};
}

export type ChartFeed = ReturnType<typeof chartFeed>;

function forgetOldest(all: unknown[], most: number): void {
	if (all.length > most) all.splice(0, all.length - most + Math.floor(most * forgottenShare));
}

const widgets = dashboards.flatMap(({ rows }) => rows.flat());
const shownMetrics: ReadonlySet<string> = new Set(
	widgets.flatMap((widget) =>
		widget.shows === "log" ? [] : widget.series.map(({ metric }) => metric),
	),
);

/** A line that a widget counts, with only the fields that it is counted by. */
function shownOf(line: LogLine): readonly LogLine[] {
	const by = widgets.flatMap((widget) =>
		widget.shows === "log" && widget.function === line.function && widget.message === line.message
			? [widget.by]
			: [],
	);
	if (by.length === 0) return [];
	return [{ ...line, fields: Object.fromEntries(by.map((name) => [name, line.fields[name]])) }];
}
