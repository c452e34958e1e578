import { describe, expect, it } from "vitest";
import type { Charts, ChartWidget } from "../../../infra/console/api.ts";
import { amountText, usdText } from "../../../infra/console/page/amount-text.ts";
import { figuresOf } from "../../../infra/console/page/fleet-figures.ts";
import { plotData, valueAt } from "../../../infra/console/page/plot-data.ts";
import { possibleActions } from "../../../infra/console/page/possible-actions.ts";
import { aRow, spotOffering } from "./rows.ts";

const chartsWith = (lines: Extract<ChartWidget, { axis: string }>["lines"]): Charts => ({
	dashboard: "fleet",
	periodStarts: [0, 1],
	periodSeconds: 1,
	rows: [[{ title: "Letters", width: 6, shows: "lines", axis: "messages", lines, onlyAws: false }]],
});
const running = { offering: spotOffering, instanceId: "i-1" };

describe("the head's figures", () => {
	it("add up what has a machine that runs, and nothing else", () => {
		const { hourlyUsd, byPhase } = figuresOf(
			[
				aRow("a", { ...running, phase: "Ready" }),
				aRow("b", { ...running, phase: "Booting" }),
				aRow("c", { ...running, phase: "Terminated" }),
				aRow("d", { ...running, phase: "Failed" }),
				aRow("e", { phase: "Launching", offering: spotOffering }),
			],
			undefined,
		);
		expect(hourlyUsd).toBeCloseTo(2 * spotOffering.hourlyUsd);
		expect(byPhase.find(({ phase }) => phase === "Ready")?.count).toBe(1);
		expect(byPhase.find(({ phase }) => phase === "Scheduled")?.count).toBe(0);
	});

	it("count dead letters as they were last seen on each queue, once somebody has looked", () => {
		const queues = chartsWith([
			{ label: "pod-scheduled-dead-letters", points: [1, 2] },
			{ label: "lost-events", points: [3, null] },
			{ label: "pod-scheduled", points: [9, 9] },
		]);
		expect(figuresOf([], queues).deadLetters).toBe(5);
		expect(figuresOf([], undefined)).not.toHaveProperty("deadLetters");
	});
});

describe("a chart's numbers", () => {
	it("stand on those before them, keep the last where there is none, and have the uppermost first", () => {
		const lines = [
			{ label: "a", points: [1, null, 2] },
			{ label: "b", points: [null, 5, 1] },
		];
		expect(plotData([10, 11, 12], lines, "stacked")).toEqual([
			[10, 11, 12],
			[1, 6, 3],
			[1, 1, 2],
		]);
		expect(plotData([10, 11, 12], lines, "lines").slice(1)).toEqual(
			lines.map((each) => each.points),
		);
	});

	it("are the latest ones unless a period is pointed at", () => {
		expect(valueAt([1, 2, null], undefined)).toBe(2);
		expect(valueAt([1, 2, null], 0)).toBe(1);
		expect(valueAt([1, 2, null], 2)).toBeUndefined();
	});

	it.each([
		[0, "0"],
		[0.00562, "0.00562"],
		[12.345, "12.3"],
		[1_234.4, "1234"],
		[18_234, "18.2k"],
	])("reads %d as %s", (value, text) => {
		expect(amountText(value)).toBe(text);
	});

	it("has a price's four decimals, or what there is of a smaller one", () => {
		expect([0, 0.0056, 2.1, 0.00042].map(usdText)).toEqual([
			"0.0000",
			"0.0056",
			"2.1000",
			"0.00042",
		]);
	});
});

describe("what can be done to a pod", () => {
	it.each([
		{
			$when: "a spot cell runs",
			row: { ...running, phase: "Ready" },
			can: ["interrupt", "end", "delete"],
		},
		{
			$when: "its cell is on demand",
			row: {
				...running,
				phase: "Booting",
				offering: { ...spotOffering, capacityType: "on-demand" },
			},
			can: ["end", "delete"],
		},
		{ $when: "it waits", row: { phase: "Scheduled" }, can: ["delete"] },
		{ $when: "it has failed", row: { ...running, phase: "Failed" }, can: ["delete"] },
		{ $when: "it is deleted", row: { ...running, phase: "Terminating" }, can: [] },
	] as const)("depends: $$when", ({ row, can }) => {
		const possible = Object.entries(possibleActions(aRow("a", row)))
			.filter(([, whyNot]) => whyNot === undefined)
			.map(([action]) => action);
		expect(possible).toEqual(can);
	});
});
