import { randomUUID } from "node:crypto";
import { regionName } from "./market.ts";
import type { Ec2Events, Region } from "./region.ts";

/** An event of EC2's or of AWS Health's, as EventBridge hands it to a rule's target. */
export type Ec2BusEvent = Readonly<{
	version: "0";
	id: string;
	"detail-type": string;
	source: "aws.ec2" | "aws.health";
	account: string;
	/** Whole seconds: `2026-11-23T09:00:00Z`. */
	time: string;
	region: string;
	resources: readonly string[];
	detail: Readonly<Record<string, unknown>>;
}>;

type Notice = Ec2Events["notice"][0];

/**
 * Tells what happens to the region's instances in the words of EventBridge, at the region's own time.
 *
 * @param onEvent runs within the change: it must not throw.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 * @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export function tellEventBridge(region: Region, onEvent: (event: Ec2BusEvent) => void): void {
	region.events.on("state-change", ({ instanceId, state, atMs }) =>
		onEvent({
			...envelope(region, atMs),
			"detail-type": "EC2 Instance State-change Notification",
			source: "aws.ec2",
			resources: [instanceArn(region, instanceId)],
			detail: { "instance-id": instanceId, state },
		}),
	);
	region.events.on("notice", (notice) => onEvent(noticeEvent(region, notice)));
}

function noticeEvent(region: Region, notice: Notice): Ec2BusEvent {
	const { instanceId, atMs } = notice;
	switch (notice.what) {
		case "spot-interruption":
			return {
				...envelope(region, atMs),
				"detail-type": "EC2 Spot Instance Interruption Warning",
				source: "aws.ec2",
				// The zone where the Region belongs, and no account: that is how EC2 writes this one.
				resources: [
					`arn:aws:ec2:${region.instances.get(instanceId)?.zone.zone}:instance/${instanceId}`,
				],
				detail: { "instance-id": instanceId, "instance-action": "terminate" },
			};
		case "rebalance":
			return {
				...envelope(region, atMs),
				"detail-type": "EC2 Instance Rebalance Recommendation",
				source: "aws.ec2",
				resources: [instanceArn(region, instanceId)],
				detail: { "instance-id": instanceId },
			};
		case "scheduled-change":
			return {
				...envelope(region, atMs),
				"detail-type": "AWS Health Event",
				source: "aws.health",
				resources: [instanceArn(region, instanceId)],
				detail: retirement(region, instanceId, atMs, notice.startsAt),
			};
	}
}

/** Its times are written as in HTTP, its numbers and booleans as text. */
function retirement(region: Region, instanceId: string, atMs: number, startsAt: Date) {
	const code = "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED";
	const eventId = randomUUID();
	const lastUpdatedTime = new Date(atMs).toUTCString();
	return {
		eventArn: `arn:aws:health:${regionName(region)}::event/EC2/${code}/${code}_${eventId}`,
		service: "EC2",
		eventTypeCode: code,
		eventTypeCategory: "scheduledChange",
		eventScopeCode: "ACCOUNT_SPECIFIC",
		communicationId: `${eventId}-1`,
		startTime: startsAt.toUTCString(),
		lastUpdatedTime,
		statusCode: "upcoming",
		eventRegion: regionName(region),
		eventDescription: [
			{
				language: "en_US",
				latestDescription: `EC2 has detected degradation of the hardware under instance ${instanceId} and will retire it.`,
			},
		],
		affectedEntities: [{ entityValue: instanceId, status: "PENDING", lastUpdatedTime }],
		page: "1",
		totalPages: "1",
		backupEvent: "false",
		affectedAccount: region.accountId,
	};
}

const envelope = (region: Region, atMs: number) =>
	({
		version: "0",
		id: randomUUID(),
		account: region.accountId,
		time: new Date(atMs).toISOString().replace(/\.\d+/, ""),
		region: regionName(region),
	}) as const;

const instanceArn = (region: Region, instanceId: string): string =>
	`arn:aws:ec2:${regionName(region)}:${region.accountId}:instance/${instanceId}`;
