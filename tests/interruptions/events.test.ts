import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Notice } from "../../shared/cells/model.ts";
import { readInterruption } from "../../shared/interruptions/events.ts";
import { morning, secondsLater } from "../support/cells.ts";
import { healthEvent, rebalance, spotWarning, stateChange } from "../support/ec2-events.ts";

const id = "i-0123456789abcdef0";
const at = morning;

describe("an event", () => {
	it.each(["stopping", "stopped", "shutting-down", "terminated"])(
		"that an instance is %s is its end",
		(state) => {
			const told = readInterruption(stateChange(id, state, at));
			expect(told).toEqual({ what: "end", instanceId: id, state, at });
		},
	);

	it.each<{ name: string; event: unknown }>([
		{ name: "an instance is pending", event: stateChange(id, "pending", at) },
		{ name: "an instance is running", event: stateChange(id, "running", at) },
		{ name: "another service changes", event: healthEvent([id], at, { service: "RDS" }) },
		{
			name: "EC2 has an issue",
			event: healthEvent([id], at, { eventTypeCategory: "issue" }),
		},
		{ name: "a change is over", event: healthEvent([id], at, { statusCode: "closed" }) },
	])("that $name tells a cell nothing", ({ event }) => {
		expect(readInterruption(event)).toEqual({ what: "nothing" });
	});

	it.each(["terminate", "stop", "hibernate"])(
		"that warns of a spot interruption (%s) names the moment two minutes later",
		(action) => {
			const told = readInterruption(spotWarning(id, at, action));
			expect(told).toEqual({
				what: "notice",
				instanceIds: [id],
				notice: {
					reason: "SpotInterruption",
					message: `EC2 takes the spot instance back: ${action}`,
					at: at.toISOString(),
					deadline: secondsLater(120).toISOString(),
				},
			});
		},
	);

	it("that recommends a rebalance names no time", () => {
		const told = readInterruption(rebalance(id, at));
		expect(told).toMatchObject({
			instanceIds: [id],
			notice: { reason: "RebalanceRecommendation", at: at.toISOString() },
		});
		expect(told).not.toHaveProperty("notice.deadline");
	});

	it("of Health's names its instances by id or ARN, once each, and nothing else that it affects", () => {
		const other = "i-0fedcba9876543210";
		const entities = [
			id,
			`arn:aws:ec2:us-east-1:123456789012:instance/${other}`,
			`arn:aws:ec2:us-east-1:123456789012:instance/${id}`,
			"vol-0123456789abcdef0",
			"UNKNOWN",
		];
		expect(readInterruption(healthEvent(entities, at))).toEqual({
			what: "notice",
			instanceIds: [id, other],
			notice: {
				reason: "ScheduledChange",
				message:
					"EC2 has scheduled a change of the instance or its host: AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
				at: at.toISOString(),
				deadline: "2026-12-01T06:00:00.000Z",
			},
		});
	});

	it("of Health's without a time, or without anything affected, is read all the same", () => {
		const bare = { startTime: undefined, affectedEntities: undefined };
		const told = readInterruption(healthEvent([id], at, bare));
		expect(told).toMatchObject({ what: "notice", instanceIds: [] });
		expect(told).not.toHaveProperty("notice.deadline");
	});

	it("without its version is read: one of AWS's own examples has none", () => {
		const { version: _, ...event } = stateChange(id, "stopped", at);
		expect(readInterruption(event)).toMatchObject({ what: "end" });
	});
});

describe("an event that can't be read", () => {
	const secret = "AKIAXXXXSECRET";
	it.each<{ event: unknown; fault: RegExp }>([
		{ event: undefined, fault: /^event: / },
		{ event: [], fault: /^event: / },
		{ event: {}, fault: /^detail-type: / },
		{
			event: { ...rebalance(id, at), "detail-type": `${secret} Event` },
			fault: /^detail-type: /,
		},
		{ event: { ...rebalance(id, at), source: "aws.s3" }, fault: /^source: .*aws\.ec2/ },
		{ event: { ...rebalance(id, at), time: secret }, fault: /^time: / },
		{ event: stateChange(secret, "stopped", at), fault: /^detail\.instance-id: / },
		{ event: stateChange(id, secret, at), fault: /^detail\.state: / },
		{ event: spotWarning(id, at, secret), fault: /^detail\.instance-action: / },
		{
			event: healthEvent([id], at, { startTime: secret }),
			fault: /^detail\.startTime: must be a time/,
		},
		{
			event: healthEvent([id], at, { affectedEntities: [{ entityValue: 7 }] }),
			fault: /^detail\.affectedEntities\.0\.entityValue: /,
		},
	])("says which part is wrong, and not what stands there: $fault", ({ event, fault }) => {
		const told = readInterruption(event);
		expect(told).toEqual({ what: "unreadable", faults: [expect.stringMatching(fault)] });
		expect(JSON.stringify(told)).not.toContain(secret);
	});

	it("never throws, whatever it is; and what it is read as is a legal notice", () => {
		const details = fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything()));
		const events = fc.oneof(
			fc.anything(),
			details.map((detail) => ({ ...spotWarning(id, at), detail })),
			details.map((detail) => ({ ...healthEvent([id], at), detail })),
			fc
				.dictionary(fc.constantFrom("startTime", "affectedEntities", "statusCode"), fc.anything())
				.map((over) => healthEvent([id], at, over)),
		);
		fc.assert(
			fc.property(events, (event) => {
				const told = readInterruption(event);
				if (told.what === "notice") expect(Notice.parse(told.notice)).toEqual(told.notice);
			}),
		);
	});
});
