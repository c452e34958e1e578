import { DescribeTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { queueNames, tableNames } from "../../aws/names.ts";
import { queueUrlOf } from "../place/queue-url.ts";
import { type Finding, failureOf } from "./finding.ts";
import type { Place } from "./place.ts";

/** Whether a deployment's tables and queues answer; what they hold isn't read. */
export async function examineStores(
	{ dynamodb, sqs, deployment, kind }: Place,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const tables = tableNames.map((table) => `${deployment}-${table}`);
	const [tablesFound, queuesFound] = await Promise.all([
		summary("tables", kind, tables, async (name) => await tableProblem(dynamodb, name, signal)),
		summary(
			"queues",
			kind,
			queueNames.map((queue) => `${deployment}-${queue}`),
			async (name) => await queueProblem(sqs, name, signal),
		),
	]);
	return [...tablesFound, ...queuesFound];
}

type Problem = "absent" | string | undefined;

async function summary(
	check: "tables" | "queues",
	kind: Place["kind"],
	names: readonly string[],
	problemOf: (name: string) => Promise<Problem>,
): Promise<readonly Finding[]> {
	try {
		const found = await Promise.all(
			names.map(async (name) => ({ name, problem: await problemOf(name) })),
		);
		const absent = found.filter(({ problem }) => problem === "absent").map(({ name }) => name);
		const wrong = found.filter(({ problem }) => problem !== undefined && problem !== "absent");
		if (absent.length === names.length)
			return [
				{
					check,
					verdict: kind === "stack" ? "fail" : "not checked",
					says: `there is none of ${absent.join(", ")}`,
					todo: "nothing is deployed under that name yet; --deployment <service>-<stage> names another",
				},
			];
		if (absent.length > 0 || wrong.length > 0)
			return [
				{
					check,
					verdict: "fail",
					says: [
						...(absent.length === 0 ? [] : [`there is no ${absent.join(", ")}`]),
						...wrong.map(({ name, problem }) => `${name} is ${problem}`),
					].join("; "),
					todo: "deploy again: `npx serverless deploy`",
				},
			];
		return [{ check, verdict: "ok", says: names.join(", ") }];
	} catch (error) {
		return [failureOf(check, error)];
	}
}

async function tableProblem(
	dynamodb: DynamoDBClient,
	TableName: string,
	signal: AbortSignal,
): Promise<Problem> {
	try {
		const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }), {
			abortSignal: signal,
		});
		const status = Table?.TableStatus;
		return status === "ACTIVE" || status === "UPDATING" ? undefined : String(status);
	} catch (error) {
		if (error instanceof Error && error.name === "ResourceNotFoundException") return "absent";
		throw error;
	}
}

async function queueProblem(
	sqs: SQSClient,
	name: string,
	abortSignal: AbortSignal,
): Promise<Problem> {
	const QueueUrl = await queueUrlOf(sqs, name, abortSignal);
	if (QueueUrl === undefined) return "absent";
	const AttributeNames = ["ApproximateNumberOfMessages" as const];
	await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }), { abortSignal });
	return undefined;
}
