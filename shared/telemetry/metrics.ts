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
	LaunchCalls: {
		unit: "Count",
		dimensions: ["Outcome"],
		means: "EC2 answered one call to launch, `launched` or `refused`; replicas share one",
	},
	TurnWaitSeconds: {
		unit: "Seconds",
		dimensions: [],
		means:
			"a call took its turn at EC2, and waits so long for it: 0 as long as the token bucket isn't empty",
	},
	SetAside: {
		unit: "Count",
		dimensions: [],
		means:
			"offerings, subnets, quota classes and markets that EC2 refused lately and that a plan leaves out",
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
	ChangesLetGo: {
		unit: "Count",
		dimensions: [],
		means: "what follows from a record's change failed for a minute, and is left to the janitor",
	},
	CellsReleased: {
		unit: "Count",
		dimensions: [],
		means: "a pod was deleted: its cell ends, or it never gets one",
	},
	InstancesEnded: {
		unit: "Count",
		dimensions: [],
		means: "the instance of a cell that failed, was released or was lost was told to end",
	},
	Cells: {
		unit: "Count",
		dimensions: ["Phase"],
		means: "records in this phase of which something may be left, at the janitor's look",
	},
	CellsLive: {
		unit: "Count",
		dimensions: [],
		means: "cells that have an instance, booting or ready, at the janitor's look",
	},
	InstancesHeld: {
		unit: "Count",
		dimensions: ["CapacityType"],
		means: "instances that records hold, or are leaving, at the janitor's look",
	},
	FleetHourlyUsd: {
		unit: "None",
		dimensions: ["CapacityType"],
		means: "list price of an hour of all these instances, at the janitor's look",
	},
	FleetSavedHourlyUsd: {
		unit: "None",
		dimensions: [],
		means:
			"what an hour of these instances would cost more on demand: each as cells.defaultInstanceType or, where that is cheaper and so mostly too small, as its own type",
	},
	LimitUsed: {
		unit: "Percent",
		dimensions: ["Limit"],
		means:
			"how much of `cells` or `hourlyUsd` in provider.yaml's limits is taken, at the janitor's look",
	},
	Conservation: {
		unit: "Count",
		dimensions: [],
		means:
			"accepted pods that neither have their answer, nor live, nor are looked after by anybody: must be 0",
	},
	RecordsStuck: {
		unit: "Count",
		dimensions: ["Phase"],
		means: "records in this phase that should have moved on, and got the janitor's remedy",
	},
	ChecksLost: {
		unit: "Count",
		dimensions: [],
		means: "a cell was late and readiness had not given it up: its check was sent again",
	},
	Orphans: {
		unit: "Count",
		dimensions: [],
		means: "machines of ours that no record owns, at the janitor's look",
	},
	OrphansEnded: {
		unit: "Count",
		dimensions: [],
		means: "machines that no record owned at two looks, minutes apart, and that were told to end",
	},
	OrphansLeft: {
		unit: "Count",
		dimensions: [],
		means: "machines that were to be ended as orphans, but were more than janitor.maxEnded",
	},
	JanitorFailures: {
		unit: "Count",
		dimensions: [],
		means:
			"machines, records and parts of a run that the janitor could not handle; 0 after a good run",
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
	unit: "Count" | "Milliseconds" | "Seconds" | "Percent" | "None";
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
