import { jsonLog, type Log } from "../../shared/telemetry/log.ts";
import { embeddedMetrics, type Metrics } from "../../shared/telemetry/metrics.ts";

/** A log that keeps its lines. */
export const aLog = (lines: string[] = []): Log =>
	jsonLog(
		(line) => void lines.push(line),
		"debug",
		() => new Date(),
	);

/** Metrics that keep their lines. */
export const someMetrics = (lines: string[] = []): Metrics =>
	embeddedMetrics(
		(line) => void lines.push(line),
		() => new Date(),
		"test",
	);
