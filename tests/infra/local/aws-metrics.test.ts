import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { measuredFunction, measureQueues } from "../../../infra/local/aws-metrics.ts";
import type { LocalFunction } from "../../../infra/local/lambda/function-process.ts";
import { startQueues } from "../../../infra/local/queues.ts";

const answering = (invoke: LocalFunction["invoke"]): LocalFunction => ({
	name: "launch",
	invoke,
	kill: () => false,
	stop: async () => {},
});

describe("what AWS measures of a function", () => {
	it("is told for each invocation, whether it fails or not, and passes on what becomes of it", async () => {
		const lines: string[] = [];
		const held = Promise.withResolvers<unknown>();
		const target = measuredFunction(
			answering(async (event) => {
				if (event === "fail") throw new Error("no");
				return await held.promise;
			}),
			"cellwright-launch",
			(line) => void lines.push(line),
		);
		const answer = target.invoke("wait");
		await expect(target.invoke("fail")).rejects.toThrow("no");
		held.resolve("done");
		expect(await answer).toBe("done");
		expect(lines.map((line) => JSON.parse(line))).toMatchObject([
			{ FunctionName: "cellwright-launch", Invocations: 1, Errors: 1, ConcurrentExecutions: 2 },
			{ FunctionName: "cellwright-launch", Invocations: 1, Errors: 0, ConcurrentExecutions: 1 },
		]);
	});
});

describe("what AWS measures of queues", () => {
	it("is told of each queue and its dead letters", async () => {
		const made = await startQueues([{ name: "checks", visibilitySeconds: 30, maxReceives: 3 }]);
		const [queue] = made.queues;
		await made.sqs.send(new SendMessageCommand({ QueueUrl: queue?.url, MessageBody: "x" }));
		const lines: string[] = [];
		const both = Promise.withResolvers<void>();
		const stop = measureQueues(
			made.sqs,
			made.queues,
			(line) => {
				lines.push(line);
				if (lines.length === 2) both.resolve();
			},
			10,
		);
		await both.promise;
		await stop();
		await made.close();
		const told = lines.slice(0, 2).map((line) => JSON.parse(line));
		expect(
			new Map(told.map((line) => [line.QueueName, line.ApproximateNumberOfMessagesVisible])),
		).toEqual(
			new Map([
				["checks", 1],
				["checks-dead-letters", 0],
			]),
		);
	});
});
