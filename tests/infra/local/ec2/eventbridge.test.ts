import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { Ec2BusEvent } from "../../../../infra/local/ec2/eventbridge.ts";
import { nic, run, simulator, subnets } from "./simulator.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const spot = { InstanceMarketOptions: { MarketType: "spot" as const } };

/** A simulator whose events are kept, with one instance that runs. */
async function watched(over: object = {}) {
	const events: Ec2BusEvent[] = [];
	const { client, ec2, clock } = await simulator({
		onEventBridgeEvent: (event) => events.push(event),
	});
	const [launched] = await run(client, over);
	clock.advance(60_000);
	return { client, ec2, clock, events, id: launched?.InstanceId ?? "" };
}

const envelope = {
	version: "0",
	id: expect.stringMatching(uuid),
	account: "123456789012",
	region: "us-east-1",
};

describe("what EventBridge delivers", () => {
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
	it("has every state, at the simulator's own time", async () => {
		const { client, clock, events, id } = await watched();
		await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
		clock.advance(60_000);
		expect(events[0]).toEqual({
			...envelope,
			"detail-type": "EC2 Instance State-change Notification",
			source: "aws.ec2",
			time: "2026-11-23T09:00:00Z",
			resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
			detail: { "instance-id": id, state: "pending" },
		});
		expect(events.map(({ time, detail }) => [detail["state"], time])).toEqual([
			["pending", "2026-11-23T09:00:00Z"],
			["running", "2026-11-23T09:00:01Z"],
			["shutting-down", "2026-11-23T09:01:00Z"],
			["terminated", "2026-11-23T09:01:01Z"],
		]);
	});

	it("gives every event an id of its own", async () => {
		const { events } = await watched();
		expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
	});

	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
	it("warns of an interruption, with the zone in the resource where others have the Region", async () => {
		const { ec2, events, id } = await watched({
			...spot,
			NetworkInterfaces: nic({ SubnetId: subnets.b }),
		});
		ec2.warnSpot(id);
		expect(events.at(-1)).toEqual({
			...envelope,
			"detail-type": "EC2 Spot Instance Interruption Warning",
			source: "aws.ec2",
			time: "2026-11-23T09:01:00Z",
			resources: [`arn:aws:ec2:us-east-1b:instance/${id}`],
			detail: { "instance-id": id, "instance-action": "terminate" },
		});
	});

	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
	it("recommends to rebalance", async () => {
		const { ec2, events, id } = await watched(spot);
		ec2.recommendRebalance(id);
		expect(events.at(-1)).toEqual({
			...envelope,
			"detail-type": "EC2 Instance Rebalance Recommendation",
			source: "aws.ec2",
			time: "2026-11-23T09:01:00Z",
			resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
			detail: { "instance-id": id },
		});
	});

	// https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
	it("tells of a retirement as AWS Health does", async () => {
		const { ec2, events, id } = await watched();
		ec2.scheduleChange(id, new Date("2026-12-07T09:00:00Z"));
		expect(events.at(-1)).toEqual({
			...envelope,
			"detail-type": "AWS Health Event",
			source: "aws.health",
			time: "2026-11-23T09:01:00Z",
			resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
			detail: {
				eventArn: expect.stringMatching(
					/^arn:aws:health:us-east-1::event\/EC2\/AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED\/AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED_./,
				),
				service: "EC2",
				eventTypeCode: "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
				eventTypeCategory: "scheduledChange",
				eventScopeCode: "ACCOUNT_SPECIFIC",
				communicationId: expect.any(String),
				startTime: "Mon, 07 Dec 2026 09:00:00 GMT",
				lastUpdatedTime: "Mon, 23 Nov 2026 09:01:00 GMT",
				statusCode: "upcoming",
				eventRegion: "us-east-1",
				eventDescription: [{ language: "en_US", latestDescription: expect.stringContaining(id) }],
				affectedEntities: [
					{
						entityValue: id,
						status: "PENDING",
						lastUpdatedTime: "Mon, 23 Nov 2026 09:01:00 GMT",
					},
				],
				page: "1",
				totalPages: "1",
				backupEvent: "false",
				affectedAccount: "123456789012",
			},
		});
	});
});
