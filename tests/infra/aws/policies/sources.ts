import { at, functionsOf, listOf, ofType, type Policy, referred } from "./reading.ts";

const mappings = (template: Parameters<Policy>[0]) =>
	ofType(template, "AWS::Lambda::EventSourceMapping");
const isQueue = (template: Parameters<Policy>[0], properties: unknown) =>
	template.Resources[referred(at(properties, "EventSourceArn")) ?? ""]?.Type === "AWS::SQS::Queue";

/** Each record is settled by itself, and no quiet queue waits for a window. */
export const batchesAreSettledByRecord: Policy = (template) =>
	mappings(template).flatMap(([name, { Properties }]) => [
		...(listOf(at(Properties, "FunctionResponseTypes")).includes("ReportBatchItemFailures")
			? []
			: [`${name} fails by the batch`]),
		...(at(Properties, "MaximumBatchingWindowInSeconds") === 0
			? []
			: [`${name} waits in a window`]),
		...(!isQueue(template, Properties) || at(Properties, "BatchSize") === 10
			? []
			: [`${name} doesn't take ten messages at once`]),
	]);

/** EC2's pace and the ledger need no more than twenty. */
export const launchHasFewWorkers: Policy = (template) =>
	mappings(template)
		.filter(
			([, { Properties }]) => referred(at(Properties, "FunctionName")) === "LaunchLambdaFunction",
		)
		.filter(([, { Properties }]) => {
			const most = Number(at(Properties, "ScalingConfig", "MaximumConcurrency"));
			return !(most >= 2 && most <= 20);
		})
		.map(([name]) => `${name} has no limit of at most twenty`);

/** What reads or writes secrets at its start comes after they are there. */
export const authorityComesFirst: Policy = (template) =>
	["PodScheduledSource", "CellChecksSource"]
		.filter((name) => !listOf(at(template.Resources[name], "DependsOn")).includes("Authority"))
		.map((name) => `${name} begins before there is an authority`);

export const noChangeIsForgotten: Policy = (template) => {
	const streams = mappings(template).filter(([, { Properties }]) => !isQueue(template, Properties));
	const expected: readonly (readonly [string, unknown])[] = [
		["StartingPosition", "TRIM_HORIZON"],
		["BisectBatchOnFunctionError", true],
		["ParallelizationFactor", 1],
		["MaximumRetryAttempts", -1],
		["MaximumRecordAgeInSeconds", 21_600],
	];
	return [
		...(streams.length === 1 ? [] : [`${streams.length} streams are read instead of one`]),
		...streams.flatMap(([name, { Properties }]) => [
			...expected
				.filter(([key, value]) => at(Properties, key) !== value)
				.map(([key, value]) => `${name}: ${key} isn't ${String(value)}`),
			...(at(Properties, "DestinationConfig", "OnFailure", "Destination") === undefined
				? [`${name} keeps nothing of what failed`]
				: []),
			...(at(Properties, "FilterCriteria", "Filters", 0, "Pattern") ===
			'{"eventName":["INSERT","MODIFY"]}'
				? []
				: [`${name} isn't narrowed to what was written`]),
		]),
	];
};

/** Functions that no mapping calls, so that nobody waits for them; CloudFormation waits for its own. */
const asynchronous = ["interruptions", "janitor", "images", "market", "renewal"];

export const failedEventsAreKept: Policy = (template) => {
	const kept = new Set(
		ofType(template, "AWS::Lambda::EventInvokeConfig")
			.filter(
				([, { Properties }]) =>
					at(Properties, "DestinationConfig", "OnFailure", "Destination") !== undefined,
			)
			.map(([, { Properties }]) => referred(at(Properties, "FunctionName"))),
	);
	const lambdas = functionsOf(template);
	return asynchronous
		.filter((name) => !kept.has(lambdas.get(name)?.[0]))
		.map((name) => `${name}: an event that failed is gone`);
};

/** The four kinds of shared/interruptions/events.ts, each as narrow as it can be. */
export const fourKindsOfEventsComeIn: Policy = (template) => {
	const patterns = ofType(template, "AWS::Events::Rule").map(([, { Properties }]) =>
		at(Properties, "EventPattern"),
	);
	const kinds = patterns.flatMap((pattern) => listOf(at(pattern, "detail-type"))).toSorted();
	const expected = [
		"AWS Health Event",
		"EC2 Instance Rebalance Recommendation",
		"EC2 Instance State-change Notification",
		"EC2 Spot Instance Interruption Warning",
	];
	const of = (kind: string) =>
		patterns.filter((pattern) => listOf(at(pattern, "detail-type")).includes(kind));
	return [
		...(JSON.stringify(kinds) === JSON.stringify(expected)
			? []
			: [`kinds of events: ${kinds.join(", ")}`]),
		...of("EC2 Instance State-change Notification")
			.filter((pattern) => listOf(at(pattern, "detail", "state")).includes("running"))
			.map(() => "machines that start are told, too"),
		...of("EC2 Instance State-change Notification")
			.filter((pattern) => at(pattern, "detail", "state") === undefined)
			.map(() => "every change of state is told"),
		...of("AWS Health Event")
			.filter((pattern) => JSON.stringify(at(pattern, "detail", "service")) !== '["EC2"]')
			.map(() => "the health of other services is told, too"),
		...patterns
			.filter((pattern) => at(pattern, "source") === undefined)
			.map(() => "a rule has no source"),
	];
};

/** What EventBridge calls, and what a rule's permission allows, is the same. */
export const rulesMayCallTheirFunctions: Policy = (template) => {
	const allowed = new Set(
		ofType(template, "AWS::Lambda::Permission").map(([, { Properties }]) =>
			referred(at(Properties, "SourceArn")),
		),
	);
	return ofType(template, "AWS::Events::Rule")
		.filter(([name]) => !allowed.has(name))
		.map(([name]) => `${name} may not call its function`);
};
