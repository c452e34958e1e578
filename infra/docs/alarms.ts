import { alarms } from "../dashboards/alarms.ts";
import type { Alarm } from "../dashboards/definition.ts";
import { table } from "./markdown.ts";

/** Every alarm, with a link to its runbook. */
export const alarmsTable = (): string =>
	table(
		["alarm", "goes off when", "why so", "silence"],
		alarms.map((alarm) => [
			`[${alarm.name}](#${alarm.name})`,
			conditionOf(alarm),
			alarm.because,
			alarm.silence,
		]),
	);

function conditionOf({ series, combined, unit, threshold, periodSeconds, periods }: Alarm): string {
	const metrics = [...new Set(series.map(({ metric }) => `\`${metric}\``))].join(", ");
	const [{ statistic }] = series;
	const limit = "above" in threshold ? `above ${threshold.above}` : `below ${threshold.below}`;
	const of = combined === undefined ? "" : `, ${combinations[combined]} ${series.length}`;
	const inUnit = unit === "Seconds" || unit === "Milliseconds" ? ` ${unit.toLowerCase()}` : "";
	const minutes = periodSeconds / 60;
	const time = minutes < 120 ? `${minutes} min` : `${minutes / 60} h`;
	const during = periods === 1 ? time : `${periods} times ${time}`;
	return `${metrics} (${statistic}${of}) is ${limit}${inUnit} for ${during}`;
}

const combinations = {
	SUM: "added up over",
	MAX: "the largest of",
	MIN: "the smallest of",
} as const satisfies Record<NonNullable<Alarm["combined"]>, string>;
