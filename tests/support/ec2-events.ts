// Events as EventBridge brings them, whole, also with the parts that nobody reads.

const envelope = (detailType: string, source: string, at: Date) => ({
	version: "0",
	id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
	"detail-type": detailType,
	source,
	account: "123456789012",
	time: at.toISOString().replace(".000Z", "Z"),
	region: "us-east-1",
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
export const stateChange = (instanceId: string, state: string, at: Date) => ({
	...envelope("EC2 Instance State-change Notification", "aws.ec2", at),
	resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${instanceId}`],
	detail: { "instance-id": instanceId, state },
});

/** Its ARN has the zone where others have the region, and no account. */
export const spotWarning = (instanceId: string, at: Date, action = "terminate") => ({
	...envelope("EC2 Spot Instance Interruption Warning", "aws.ec2", at),
	resources: [`arn:aws:ec2:us-east-1a:instance/${instanceId}`],
	detail: { "instance-id": instanceId, "instance-action": action },
});

export const rebalance = (instanceId: string, at: Date) => ({
	...envelope("EC2 Instance Rebalance Recommendation", "aws.ec2", at),
	resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${instanceId}`],
	detail: { "instance-id": instanceId },
});

/** @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
export const healthEvent = (
	entities: readonly string[],
	at: Date,
	over: Readonly<Record<string, unknown>> = {},
) => ({
	...envelope("AWS Health Event", "aws.health", at),
	resources: entities,
	detail: {
		eventArn:
			"arn:aws:health:us-east-1::event/EC2/AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED/AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED_0",
		service: "EC2",
		eventTypeCode: "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
		eventTypeCategory: "scheduledChange",
		eventScopeCode: "ACCOUNT_SPECIFIC",
		communicationId: "0123456789abcdef",
		startTime: "Tue, 01 Dec 2026 06:00:00 GMT",
		endTime: "Tue, 01 Dec 2026 08:00:00 GMT",
		lastUpdatedTime: at.toUTCString(),
		statusCode: "upcoming",
		eventRegion: "us-east-1",
		eventDescription: [{ language: "en_US", latestDescription: "the host is to be retired" }],
		affectedEntities: entities.map((entityValue) => ({ entityValue, status: "IMPAIRED" })),
		page: "1",
		totalPages: "1",
		backupEvent: "false",
		affectedAccount: "123456789012",
		...over,
	},
});
