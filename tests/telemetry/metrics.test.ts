import { describe, expect, it } from "vitest";
import { embeddedMetrics, metricNamespace, metricTable } from "../../shared/telemetry/metrics.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");

describe("an observation", () => {
	it("is one line of CloudWatch's embedded metric format", () => {
		const lines: string[] = [];
		const metrics = embeddedMetrics(
			(line) => lines.push(line),
			() => noon,
			"prod",
		);
		metrics.add("LaunchesRefused", 1, { Reason: "no-capacity" });
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			{
				_aws: {
					Timestamp: noon.getTime(),
					CloudWatchMetrics: [
						{
							Namespace: metricNamespace,
							Dimensions: [["Controller", "Reason"]],
							Metrics: [{ Name: "LaunchesRefused", Unit: "Count" }],
						},
					],
				},
				Controller: "prod",
				Reason: "no-capacity",
				LaunchesRefused: 1,
			},
		]);
	});
});

describe("the table of metrics", () => {
	it("says of each what one count means, and has no dimension that could be an id", () => {
		for (const [name, { means, dimensions }] of Object.entries(metricTable)) {
			expect(means, name).not.toBe("");
			for (const dimension of dimensions) expect(dimension, name).not.toMatch(/id$|uid|name/i);
		}
	});
});
