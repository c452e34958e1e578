import * as annotated from "../../shared/pods/annotations.ts";
import { reasons } from "../../shared/reasons.ts";
import { metricTable } from "../../shared/telemetry/metrics.ts";
import { code, table } from "./markdown.ts";

/** Every annotation that its module defines, by name. */
export const annotationsTable = (): string =>
	table(
		["annotation", "meaning"],
		Object.values(annotated)
			.flatMap((each) =>
				typeof each === "object" && "meaning" in each ? [[code(each.key), each.meaning]] : [],
			)
			.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
	);

/** The reasons that are met in one place. */
export const reasonsTable = (seen: (typeof reasons)[keyof typeof reasons]["seen"]): string =>
	table(
		["reason", "meaning", "what to do"],
		Object.entries(reasons)
			.filter(([, entry]) => entry.seen === seen)
			.map(([reason, { meaning, remedy }]) => [code(reason), meaning, remedy]),
	);

export const metricsTable = (): string =>
	table(
		["metric", "unit", "dimensions", "what one observation means"],
		Object.entries(metricTable).map(([name, { unit, dimensions, means }]) => [
			code(name),
			unit,
			["Controller", ...dimensions].map(code).join(", "),
			means,
		]),
	);
