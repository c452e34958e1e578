import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { deadLettersOf } from "../aws/names.ts";
import type { LocalFunction } from "./lambda/function-process.ts";
import type { LocalQueue } from "./queues.ts";

// What CloudWatch has of AWS itself, in the form of the functions' own metrics: for pictures of dashboards.

type Write = (line: string) => void;

/** Values of one resource at one moment. */
const metricLine = (
	namespace: "AWS/Lambda" | "AWS/SQS",
	resource: Readonly<Record<string, string>>,
	values: Readonly<Record<string, number>>,
): string =>
	JSON.stringify({
		_aws: {
			Timestamp: Date.now(),
			CloudWatchMetrics: [
				{
					Namespace: namespace,
					Dimensions: [Object.keys(resource)],
					Metrics: Object.keys(values).map((Name) => ({ Name })),
				},
			],
		},
		...resource,
		...values,
	});

/** The same function, with a line for each invocation when it is over. */
export function measuredFunction(
	target: LocalFunction,
	functionName: string,
	write: Write,
): LocalFunction {
	let running = 0;
	return {
		...target,
		async invoke(event) {
			running += 1;
			const ConcurrentExecutions = running;
			const startedMs = performance.now();
			let Errors = 0;
			try {
				return await target.invoke(event);
			} catch (error) {
				Errors = 1;
				throw error;
			} finally {
				running -= 1;
				const Duration = performance.now() - startedMs;
				const values = { Invocations: 1, Errors, Throttles: 0, Duration, ConcurrentExecutions };
				write(metricLine("AWS/Lambda", { FunctionName: functionName }, values));
			}
		},
	};
}

/** Looks at the queues and their dead letters, every three seconds if nothing else is said. */
export function measureQueues(
	sqs: SQSClient,
	queues: readonly LocalQueue[],
	write: Write,
	everyMs = 3_000,
): () => Promise<void> {
	const all = queues.flatMap(({ name, url, deadLettersUrl }) => [
		{ name, url },
		{ name: deadLettersOf(name), url: deadLettersUrl },
	]);
	const look = async ({ name, url }: Readonly<{ name: string; url: string }>) => {
		const { Attributes = {} } = await sqs.send(
			new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
		);
		const ApproximateNumberOfMessagesVisible = Number(Attributes["ApproximateNumberOfMessages"]);
		const ApproximateNumberOfMessagesNotVisible = Number(
			Attributes["ApproximateNumberOfMessagesNotVisible"],
		);
		const values = { ApproximateNumberOfMessagesVisible, ApproximateNumberOfMessagesNotVisible };
		write(metricLine("AWS/SQS", { QueueName: name }, values));
	};
	let last: Promise<unknown> = Promise.resolve();
	const timer = setInterval(() => {
		// What isn't seen now is seen the next time.
		last = Promise.all(all.map(look)).catch(() => undefined);
	}, everyMs);
	return async () => {
		clearInterval(timer);
		await last;
	};
}
