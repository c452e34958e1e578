import { describe, expect, it } from "vitest";
import { billOf, total } from "../../../infra/cost/bill.ts";
import { functionMemoryMb, queueMappings, ticksAMonth } from "../../../infra/cost/deployed.ts";
import { countedFigures } from "../../../infra/cost/figures.ts";
import { idleBill } from "../../../infra/cost/idle.ts";
import { idleTable, podsTable } from "../../../infra/cost/page.ts";
import { type Price, prices, pricesOf } from "../../../infra/cost/prices.ts";

describe("a bill", () => {
	const memory = new Map([
		["launch", 512],
		["interruptions", 256],
	]);
	const costs = (tally: Readonly<Record<string, number>>, factor = 1) =>
		Object.fromEntries(
			billOf(tally, memory, factor)
				.filter(({ usd }) => usd > 0)
				.map(({ part, price, usd }) => [`${part}: ${price}`, Number(usd.toPrecision(6))]),
		);

	it.each([
		["a million requests of SQS", { "sqs.requests": 1e6 }, { "queues: sqsRequest": 0.4 }],
		["no empty ones", { "sqs.emptyReceives": 1e6 }, {}],
		["writes", { "dynamodb.writeUnits": 2e6 }, { "tables and indexes: writeUnit": 1.25 }],
		["reads", { "dynamodb.readUnits": 2e6 }, { "tables: readUnit": 0.25 }],
		["status events", { "events.custom": 3e6 }, { "status events: customEvent": 3 }],
		[
			"invocations by time and memory, with what Lambda logs",
			{ "lambda.invocations.launch": 1e6, "lambda.ms.launch": 1e9, "logs.bytes.launch": 1e9 },
			{
				"launch: lambdaRequest": 0.2,
				"launch: lambdaGbSecond": 6.6667,
				"logs, with metrics in them: logGb": 1,
			},
		],
		[
			"of interruptions only what the rules let through",
			{
				"lambda.invocations.interruptions": 4e6,
				"lambda.ms.interruptions": 4e9,
				"ec2.events": 4e6,
				"ec2.eventsToRules": 2e6,
			},
			{
				"interruptions: lambdaRequest": 0.4,
				"interruptions: lambdaGbSecond": 6.6667,
				"logs, with metrics in them: logGb": 1,
			},
		],
	])("charges for %s", (_, tally, expected) => {
		expect(costs(tally)).toEqual(expected);
	});

	it("grows with the pods", () => {
		expect(costs({ "sqs.requests": 10 }, 1e5)).toEqual({ "queues: sqsRequest": 0.4 });
	});
});

describe("the committed figures", () => {
	const figures = countedFigures();

	it("are of pods that went all the way", () => {
		for (const tally of [figures.oneByOne, figures.together]) {
			// Sent, received, deleted; the check that is sent; and the same for the deletion.
			expect(tally["sqs.requests"]).toBeGreaterThan(1.5 * figures.pods);
			expect(tally["events.custom"]).toBeGreaterThanOrEqual(4 * figures.pods);
			expect(tally["ec2.eventsToRules"]).toBeGreaterThanOrEqual(2 * figures.pods);
			expect(tally["dynamodb.writeUnits"]).toBeGreaterThanOrEqual(5 * figures.pods);
		}
	});

	it("know every function that runs for pods or by the clock", () => {
		for (const name of ["launch", "readiness", "terminate", "reconcile", "interruptions"])
			expect(figures.oneByOne[`lambda.ms.${name}`]).toBeGreaterThan(0);
		for (const name of ticksAMonth().keys())
			expect(figures.byTheClock[`lambda.ms.${name}`]).toBeGreaterThan(0);
	});

	it("are bounded: 100 USD for a million pods, 25 for a month without any", () => {
		const pods = billOf(figures.oneByOne, functionMemoryMb(), 1e6 / figures.pods);
		expect(total(pods)).toBeLessThan(100);
		expect(total(idleBill(figures))).toBeLessThan(25);
	});

	it("are what the tables show", () => {
		const twice = {
			...figures,
			oneByOne: { ...figures.oneByOne, "events.custom": figures.pods * 7 },
		};
		expect(podsTable(twice)).toContain("7,000,000 events");
		expect(podsTable(twice)).not.toBe(podsTable(figures));
		expect(idleTable({ ...figures, metrics: { idle: 123, busy: 123 } })).toContain(
			"123 metric-months",
		);
	});
});

describe("what is deployed, as the bill sees it", () => {
	it("has every function with its memory, schedules and queues", () => {
		expect(functionMemoryMb().get("launch")).toBe(512);
		expect(functionMemoryMb().size).toBe(10);
		expect(Object.fromEntries(ticksAMonth())).toEqual({
			janitor: 8_640,
			renewal: 120,
			images: 120,
			market: 720,
		});
		expect(queueMappings()).toBe(3);
	});
});

describe("prices", () => {
	it("have a date, and each a page of AWS's", () => {
		expect(pricesOf).toMatch(/^\d{4}-\d\d-\d\d$/);
		for (const { usd, per, source } of Object.values<Price>(prices)) {
			expect(usd).toBeGreaterThanOrEqual(0);
			expect(per).toBeGreaterThan(0);
			expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
		}
	});
});
