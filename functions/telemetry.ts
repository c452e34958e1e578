import { jsonLog, type Log, type LogLevel } from "../shared/telemetry/log.ts";
import { embeddedMetrics, type Metrics } from "../shared/telemetry/metrics.ts";

/**
 * A function's log and metrics, both to standard output, where Lambda takes them; and the clock.
 *
 * @param functionName on every line of the log.
 */
export const telemetry = (
	functionName: string,
	env: Readonly<{ LOG_LEVEL: LogLevel; CONTROLLER_ID: string }>,
): Readonly<{ log: Log; metrics: Metrics; now: () => Date }> => {
	const now = () => new Date();
	const write = (line: string) => void process.stdout.write(`${line}\n`);
	return {
		log: jsonLog(write, env.LOG_LEVEL, now, { function: functionName }),
		metrics: embeddedMetrics(write, now, env.CONTROLLER_ID),
		now,
	};
};
