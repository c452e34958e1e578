/** A price of AWS's, as it was read. */
export type Price = Readonly<{
	what: string;
	usd: number;
	/** How many of what for that. */
	per: number;
	unit: string;
	source: string;
	/** Whether AWS's own page says so; otherwise others do. */
	isConfirmed: boolean;
}>;

/** When the prices were read: us-east-1, before free tiers, ISO 8601 date. */
export const pricesOf = "2026-11-22";

const million = 1_000_000;
const lambda = "https://aws.amazon.com/lambda/pricing/";
const dynamodb = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const cloudwatch = "https://aws.amazon.com/cloudwatch/pricing/";
const eventbridge = "https://aws.amazon.com/eventbridge/pricing/";

/** AWS's price tables don't load without a browser: but for the free ones, several third parties agree on these. */
export const prices = {
	sqsRequest: {
		what: "SQS, requests",
		usd: 0.4,
		per: million,
		unit: "requests",
		source: "https://aws.amazon.com/sqs/pricing/",
		isConfirmed: false,
	},
	lambdaRequest: {
		what: "Lambda, invocations",
		usd: 0.2,
		per: million,
		unit: "invocations",
		source: lambda,
		isConfirmed: false,
	},
	lambdaGbSecond: {
		what: "Lambda on arm64, time",
		usd: 0.0000133334,
		per: 1,
		unit: "GB-seconds",
		source: lambda,
		isConfirmed: false,
	},
	writeUnit: {
		what: "DynamoDB on demand, writes (of 1 KB)",
		usd: 0.625,
		per: million,
		unit: "write units",
		source: dynamodb,
		isConfirmed: false,
	},
	readUnit: {
		what: "DynamoDB on demand, reads (of 4 KB)",
		usd: 0.125,
		per: million,
		unit: "read units",
		source: dynamodb,
		isConfirmed: false,
	},
	customEvent: {
		what: "EventBridge, custom events (of 64 KB)",
		usd: 1,
		per: million,
		unit: "events",
		source: eventbridge,
		isConfirmed: false,
	},
	logGb: {
		what: "CloudWatch Logs, taken in",
		usd: 0.5,
		per: 1,
		unit: "GB",
		source: cloudwatch,
		isConfirmed: false,
	},
	metric: {
		what: "CloudWatch, custom metrics",
		usd: 0.3,
		per: 1,
		unit: "metric-months",
		source: cloudwatch,
		isConfirmed: false,
	},
	alarmMetric: {
		what: "CloudWatch, alarms",
		usd: 0.1,
		per: 1,
		unit: "metrics in alarms",
		source: cloudwatch,
		isConfirmed: false,
	},
	dashboard: {
		what: "CloudWatch, dashboards",
		usd: 3,
		per: 1,
		unit: "dashboards",
		source: cloudwatch,
		isConfirmed: false,
	},
	tick: {
		what: "EventBridge Scheduler, invocations (14 million of a month are free)",
		usd: 1,
		per: million,
		unit: "invocations",
		source: eventbridge,
		isConfirmed: false,
	},
	awsEvent: {
		what: "EventBridge, events of AWS's own services",
		usd: 0,
		per: million,
		unit: "events",
		source: eventbridge,
		isConfirmed: false,
	},
	ssmGet: {
		what: "SSM, standard parameters and their reads",
		usd: 0,
		per: million,
		unit: "calls",
		source: "https://aws.amazon.com/systems-manager/pricing/",
		isConfirmed: false,
	},
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
