import { at, listOf, ofType, type Policy, referred, shown } from "./reading.ts";

const fourteenDays = 14 * 24 * 3_600;

export const queuesAreEncrypted: Policy = (template) =>
	ofType(template, "AWS::SQS::Queue")
		.filter(([, { Properties }]) => at(Properties, "SqsManagedSseEnabled") !== true)
		.map(([name]) => `${name} isn't encrypted`);

/** Every queue has a policy that denies everybody everything without TLS. */
export const queuesTakeOnlyTls: Policy = (template) => {
	const covered = new Set(
		ofType(template, "AWS::SQS::QueuePolicy")
			.filter(([, { Properties }]) =>
				listOf(at(Properties, "PolicyDocument", "Statement")).some(
					(statement) =>
						at(statement, "Effect") === "Deny" &&
						at(statement, "Principal") === "*" &&
						at(statement, "Action") === "sqs:*" &&
						at(statement, "Condition", "Bool", "aws:SecureTransport") === "false",
				),
			)
			.flatMap(([, { Properties }]) => listOf(at(Properties, "Queues")).map(referred)),
	);
	return ofType(template, "AWS::SQS::Queue")
		.filter(([name]) => !covered.has(name))
		.map(([name]) => `${name} takes requests without TLS`);
};

/** Queues that a function takes from have dead letters, which are kept for as long as SQS can. */
export const queuesHaveDeadLetters: Policy = (template) =>
	ofType(template, "AWS::Lambda::EventSourceMapping").flatMap(([, { Properties }]) => {
		const name = referred(at(Properties, "EventSourceArn")) ?? "";
		const queue = template.Resources[name];
		if (queue?.Type !== "AWS::SQS::Queue") return [];
		const redrive = at(queue.Properties, "RedrivePolicy");
		const deadLetters = referred(at(redrive, "deadLetterTargetArn"));
		if (deadLetters === undefined) return [`${name} has no dead letters`];
		return [
			...(at(template.Resources[deadLetters], "Properties", "MessageRetentionPeriod") ===
			fourteenDays
				? []
				: [`${deadLetters} aren't kept for 14 days`]),
			...(Number(at(redrive, "maxReceiveCount")) === 1_000
				? []
				: [`${name}: waiting costs receives, so it must allow 1,000`]),
			...(Number(at(queue.Properties, "MessageRetentionPeriod")) < fourteenDays
				? []
				: [`${name} must keep messages shorter than its dead letters are kept`]),
		];
	});

/** What nobody redrives is kept for 14 days, too: each queue without a consumer. */
export const lostThingsAreKept: Policy = (template) => {
	const sources = new Set(
		ofType(template, "AWS::Lambda::EventSourceMapping").map(([, { Properties }]) =>
			referred(at(Properties, "EventSourceArn")),
		),
	);
	return ofType(template, "AWS::SQS::Queue")
		.filter(([name]) => !sources.has(name))
		.filter(([, { Properties }]) => at(Properties, "MessageRetentionPeriod") !== fourteenDays)
		.map(([name]) => `${name} isn't kept for 14 days`);
};

export const visibilityIsAboveTimeouts: Policy = (template) =>
	ofType(template, "AWS::Lambda::EventSourceMapping").flatMap(([source, { Properties }]) => {
		const queue = template.Resources[referred(at(Properties, "EventSourceArn")) ?? ""];
		if (queue?.Type !== "AWS::SQS::Queue") return [];
		const target = template.Resources[referred(at(Properties, "FunctionName")) ?? ""];
		const visibility = Number(at(queue.Properties, "VisibilityTimeout"));
		const timeout = Number(at(target, "Properties", "Timeout"));
		return visibility > timeout
			? []
			: [`${source}: visibility ${shown(visibility)} s isn't above the time-out of ${timeout} s`];
	});
