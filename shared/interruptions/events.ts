import * as z from "zod";
import type { Notice } from "../cells/model.ts";

/** What an event of EC2's or AWS Health's means for cells. */
export type Interruption =
	/** EC2 says that instances are about to end, or may be. */
	| Readonly<{ what: "notice"; instanceIds: readonly string[]; notice: Notice }>
	/** An instance is stopping or ending, or has. `at`: when EC2 said so. */
	| Readonly<{ what: "end"; instanceId: string; state: EndState; at: Date }>
	/** Understood, and nothing that a cell's record tells. */
	| Readonly<{ what: "nothing" }>
	/** One sentence for each part that is wrong, without what stands there. */
	| Readonly<{ what: "unreadable"; faults: readonly string[] }>;

/** EC2's words for an instance that runs no pod any more. */
export type EndState = "stopping" | "stopped" | "shutting-down" | "terminated";

/** EC2 takes a spot instance back this long after its warning; it is sent on a best-effort basis. */
const spotWarningMs = 120_000;

const time = z.iso.datetime().transform((text) => new Date(text));
const instanceId = z.string().regex(/^i-[0-9a-f]{8,17}$/);
const ec2 = { source: z.literal("aws.ec2"), time };

/** Health writes times as `Sat, 04 Jun 2016 05:01:10 GMT`. */
const healthTime = z
	.string()
	.refine((text) => !Number.isNaN(Date.parse(text)), "must be a time")
	.transform((text) => new Date(text));

/** AWS Health about other services, and what isn't a change, is read as far as here. */
const healthDetail = z.object({
	service: z.string(),
	eventTypeCategory: z.string(),
	eventTypeCode: z.string().max(100),
	/** `open`, `closed` or `upcoming`. */
	statusCode: z.string().optional(),
	startTime: healthTime.optional(),
	/** Ids or ARNs, of instances among others. */
	affectedEntities: z.array(z.object({ entityValue: z.string() })).default([]),
});

/**
 * The events that the function interruptions takes, as far as it reads them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 * @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
const Event = z.discriminatedUnion("detail-type", [
	z.object({
		"detail-type": z.literal("EC2 Instance State-change Notification"),
		...ec2,
		detail: z.object({
			"instance-id": instanceId,
			state: z.enum(["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]),
		}),
	}),
	z.object({
		"detail-type": z.literal("EC2 Spot Instance Interruption Warning"),
		...ec2,
		detail: z.object({
			"instance-id": instanceId,
			"instance-action": z.enum(["terminate", "stop", "hibernate"]),
		}),
	}),
	z.object({
		"detail-type": z.literal("EC2 Instance Rebalance Recommendation"),
		...ec2,
		detail: z.object({ "instance-id": instanceId }),
	}),
	z.object({
		"detail-type": z.literal("AWS Health Event"),
		source: z.literal("aws.health"),
		time,
		detail: healthDetail,
	}),
]);
type Event = z.infer<typeof Event>;

/** What EventBridge has brought. Instance ids are taken from the detail: ARNs in `resources` have several forms. */
export function readInterruption(event: unknown): Interruption {
	const read = Event.safeParse(event);
	if (read.success) return meaningOf(read.data);
	return {
		what: "unreadable",
		faults: read.error.issues.map(
			({ path, message }) => `${path.join(".") || "event"}: ${message}`,
		),
	};
}

function meaningOf(event: Event): Interruption {
	const at = event.time;
	switch (event["detail-type"]) {
		case "EC2 Instance State-change Notification": {
			const { "instance-id": id, state } = event.detail;
			if (state === "pending" || state === "running") return { what: "nothing" };
			return { what: "end", instanceId: id, state, at };
		}
		case "EC2 Spot Instance Interruption Warning": {
			const { "instance-id": id, "instance-action": action } = event.detail;
			return noticeOf([id], {
				reason: "SpotInterruption",
				message: `EC2 takes the spot instance back: ${action}`,
				at: at.toISOString(),
				deadline: new Date(at.getTime() + spotWarningMs).toISOString(),
			});
		}
		case "EC2 Instance Rebalance Recommendation":
			return noticeOf([event.detail["instance-id"]], {
				reason: "RebalanceRecommendation",
				message: "EC2 may soon take the spot instance back",
				at: at.toISOString(),
			});
		case "AWS Health Event":
			return scheduledChange(event.detail, at);
	}
}

function scheduledChange(detail: z.infer<typeof healthDetail>, at: Date): Interruption {
	const { service, eventTypeCategory, eventTypeCode, statusCode, startTime } = detail;
	if (service !== "EC2" || eventTypeCategory !== "scheduledChange" || statusCode === "closed")
		return { what: "nothing" };
	const instanceIds = detail.affectedEntities.flatMap(({ entityValue }) => {
		const id = entityValue.slice(entityValue.lastIndexOf("/") + 1);
		return instanceId.safeParse(id).data ?? [];
	});
	return noticeOf([...new Set(instanceIds)], {
		reason: "ScheduledChange",
		message: `EC2 has scheduled a change of the instance or its host: ${eventTypeCode}`,
		at: at.toISOString(),
		...(startTime === undefined ? {} : { deadline: startTime.toISOString() }),
	});
}

const noticeOf = (instanceIds: readonly string[], notice: Notice): Interruption => ({
	what: "notice",
	instanceIds,
	notice,
});
