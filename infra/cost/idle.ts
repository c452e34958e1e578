import { alarms } from "../dashboards/alarms.ts";
import { type Line, line, platformLogBytes } from "./bill.ts";
import { functionMemoryMb, queueMappings, ticksAMonth } from "./deployed.ts";
import type { Figures } from "./figures.ts";

/** Fleet and Health; an account has three for nothing, which isn't counted on. */
const dashboards = 2;

/** As Lambda begins; it may go down to two. Each asks three times a minute. */
const pollers = 5;
const receivesAMonth = pollers * 3 * 60 * 24 * 30;

/** A month of 30 days in which no pod comes. */
export function idleBill({ byTheClock, metrics }: Figures): readonly Line[] {
	const memoryMb = functionMemoryMb();
	const ticks = [...ticksAMonth()];
	const counted = (name: string, what: string): number => byTheClock[`${what}.${name}`] ?? 0;
	const lambda = ticks.flatMap(([name, count]) => [
		line(name, "lambdaRequest", count),
		line(
			name,
			"lambdaGbSecond",
			((count * counted(name, "lambda.ms")) / 1_000) * ((memoryMb.get(name) ?? 0) / 1_024),
		),
	]);
	const logBytes = ticks.map(
		([name, count]) => count * (counted(name, "logs.bytes") + platformLogBytes),
	);
	const all = ticks.reduce((sum, [, count]) => sum + count, 0);
	const most = Math.max(...ticks.map(([, count]) => count));
	return [
		line("queues that are asked and empty", "sqsRequest", queueMappings() * receivesAMonth),
		...lambda,
		line("schedules", "tick", all),
		// As if each run did as much as all of them together: too much, and still little.
		line("tables", "writeUnit", most * (byTheClock["dynamodb.writeUnits"] ?? 0)),
		line("tables", "readUnit", most * (byTheClock["dynamodb.readUnits"] ?? 0)),
		line("authorities, images", "ssmGet", all),
		line(
			"logs, with metrics in them",
			"logGb",
			logBytes.reduce((sum, bytes) => sum + bytes, 0) / 1e9,
		),
		line("the project's own metrics", "metric", metrics.idle),
		line(
			`${alarms.length} alarms`,
			"alarmMetric",
			alarms.reduce((sum, { series }) => sum + series.length, 0),
		),
		line("Fleet and Health", "dashboard", dashboards),
	];
}
