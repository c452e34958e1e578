/**
 * Every metric that we emit: its unit, its dimensions (few values each, never ids), and what one count means.
 * Dashboards and alarms name only what stands here.
 */
export const metricTable = {
	PodsAccepted: { unit: "Count", dimensions: [], means: "a pod's first record was written" },
	PodsRedelivered: {
		unit: "Count",
		dimensions: [],
		means: "a message came for a pod that had a record already",
	},
	PodsWaiting: {
		unit: "Count",
		dimensions: ["Reason"],
		means: "a message went back to its queue, to be tried again later",
	},
	MessagesUnreadable: {
		unit: "Count",
		dimensions: [],
		means: "a message that belongs to no pod went to the dead-letter queue",
	},
	LaunchesAccepted: {
		unit: "Count",
		dimensions: ["CapacityType"],
		means: "EC2 accepted a launch",
	},
	LaunchesRefused: { unit: "Count", dimensions: ["Reason"], means: "EC2 refused a launch" },
	CellsReady: {
		unit: "Count",
		dimensions: [],
		means: "a cell's agent answered for the first time",
	},
	CellsLost: {
		unit: "Count",
		dimensions: ["Reason"],
		means:
			"a cell lost its instance, or never became ready; its pod gets another one, or has failed",
	},
	Interruptions: {
		unit: "Count",
		dimensions: ["Reason"],
		means: "EC2 warned that the instance of a cell is about to end, or may be",
	},
	CellsFailed: { unit: "Count", dimensions: ["Reason"], means: "a pod ended without a cell" },
	ImpostorsRefused: {
		unit: "Count",
		dimensions: ["Reason"],
		means: "something answered at a cell's address that is not the cell",
	},
	StatusesAnnounced: { unit: "Count", dimensions: [], means: "a change of a record was announced" },
	CellsReleased: {
		unit: "Count",
		dimensions: [],
		means: "a pod was deleted: its cell ends, or it never gets one",
	},
	InstancesEnded: {
		unit: "Count",
		dimensions: [],
		means: "the instance of a failed or released cell was told to end",
	},
	StageMs: {
		unit: "Milliseconds",
		dimensions: ["Stage"],
		means: "how long one stage of a cell's birth took: queue, plan, launch, boot, confirm, total",
	},
	HourlyUsd: {
		unit: "None",
		dimensions: [],
		means: "list price of an hour of a cell that was launched",
	},
	ImageAgeSeconds: {
		unit: "Seconds",
		dimensions: [],
		means: "how long ago the image that a launch used was last confirmed",
	},
	CachedImageAgeSeconds: {
		unit: "Seconds",
		dimensions: ["Architecture"],
		means:
			"how long ago EC2 confirmed the cached boot image: 0 after a refresh, more with each one that fails",
	},
	ImagesDeprecated: {
		unit: "Count",
		dimensions: ["Architecture"],
		means: "the image that cells boot from is deprecated, or will be within 30 days",
	},
	CatalogueAgeSeconds: {
		unit: "Seconds",
		dimensions: [],
		means:
			"how long ago the catalogue that launches choose from was gathered: seconds after a refresh, more with each one that fails",
	},
	CatalogueTypes: {
		unit: "Count",
		dimensions: [],
		means: "instance types in the catalogue that launches choose from",
	},
	ClientCertificateDays: {
		unit: "None",
		dimensions: ["Role"],
		means:
			"days that the controller's client certificate is still valid, by what its authority does: current, next, earlier",
	},
	AuthorityDays: {
		unit: "None",
		dimensions: ["Role"],
		means:
			"days that an authority is still valid, by what it does; a cell lives no longer than the one that made it",
	},
} as const satisfies Record<string, Metric>;

type Metric = Readonly<{
	/** A unit of CloudWatch's. */
	unit: "Count" | "Milliseconds" | "Seconds" | "None";
	dimensions: readonly string[];
	means: string;
}>;

type MetricName = keyof typeof metricTable;
type Dimensions<Name extends MetricName> = Readonly<
	Record<(typeof metricTable)[Name]["dimensions"][number], string>
>;

/** One observation; `Dimensions` names exactly the metric's own. */
export type Metrics = Readonly<{
	add<Name extends MetricName>(name: Name, value: number, dimensions: Dimensions<Name>): void;
}>;

/** All metrics of the project are in this CloudWatch namespace. */
export const metricNamespace = "Cellwright";

/**
 * Metrics as lines of CloudWatch's embedded metric format, one line per observation: they leave with the log,
 * also from inside a VPC, and cost no call.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetrics = (
	write: (line: string) => void,
	now: () => Date,
	controllerId: string,
): Metrics => ({
	add(name, value, dimensions) {
		const names = ["Controller", ...metricTable[name].dimensions];
		write(
			JSON.stringify({
				_aws: {
					Timestamp: now().getTime(),
					CloudWatchMetrics: [
						{
							Namespace: metricNamespace,
							Dimensions: [names],
							Metrics: [{ Name: name, Unit: metricTable[name].unit }],
						},
					],
				},
				Controller: controllerId,
				...dimensions,
				[name]: value,
			}),
		);
	},
});
