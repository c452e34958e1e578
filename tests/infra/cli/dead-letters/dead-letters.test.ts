import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	type MessageAttributeValue,
	ReceiveMessageCommand,
	SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { names } from "../../../../infra/local/names.ts";
import { startQueues } from "../../../../infra/local/queues.ts";
import { sqsDeadLetters } from "../../../../shared/queues/dead-letters.sqs.ts";
import { quietEnvironment } from "../../../support/quiet-environment.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";

const cli = resolve(import.meta.dirname, "../../../../infra/cli/cellwright.ts");
const { signal } = new AbortController();

const scheduled = (name: string, uid?: string): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodScheduled",
		pod: {
			metadata: { namespace: "shop", name, uid },
			spec: { containers: [{ name: "web", env: [{ name: "TOKEN", value: "hunter2" }] }] },
		},
	});

/** A folder in which a stack seems to run, with its queues. */
async function runningStack() {
	const folder = await emptyFolder();
	const server = await startQueues(
		[names.podScheduled, names.podDeleted, names.cellChecks].map((name) => ({
			name,
			visibilitySeconds: 30,
			maxReceives: 3,
		})),
	);
	onTestFinished(async () => await server.close());
	const { endpoint, sqs, queues } = server;
	const stack = {
		pid: process.pid,
		endpoints: { sqs: endpoint, dynamodb: "" },
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await mkdir(join(folder, ".cellwright"));
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	const queue = (name: string) => queues.find((each) => each.name === name);
	const urls = {
		scheduled: queue(names.podScheduled)?.url ?? "",
		scheduledDead: queue(names.podScheduled)?.deadLettersUrl ?? "",
		deletedDead: queue(names.podDeleted)?.deadLettersUrl ?? "",
	};
	return {
		sqs,
		urls,
		folder,
		run: async (...args: string[]) => await cellwright(folder, "dead-letters", ...args),
		async put(QueueUrl: string, MessageBody: string, MessageAttributes = {}) {
			await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
		},
		/** As launch does with what it can't read. */
		async unreadable(body: string, ...problems: readonly string[]) {
			const faults = problems.map((problem) => ({ path: "metadata.uid", problem }));
			await sqsDeadLetters(sqs, urls.scheduledDead).keep(body, "UnreadableMessage", faults, signal);
		},
		/** Messages that anybody can receive at this moment, and how many are in somebody's hands. */
		async counts(QueueUrl: string) {
			const { Attributes = {} } = await sqs.send(
				new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
			);
			return [
				Number(Attributes["ApproximateNumberOfMessages"]),
				Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
			];
		},
		async received(QueueUrl: string) {
			const { Messages = [] } = await sqs.send(
				new ReceiveMessageCommand({
					QueueUrl,
					MaxNumberOfMessages: 10,
					WaitTimeSeconds: 0,
					MessageAttributeNames: ["All"],
				}),
			);
			return Messages;
		},
	};
}

const ids = (stdout: string): readonly string[] =>
	JSON.parse(stdout).letters.map(({ id }: { id: string }) => id);

describe("npx cellwright dead-letters", () => {
	// Makes a terminal, in the words of Linux; others have it with other words.
	it.runIf(existsSync("/usr/bin/script") && process.platform === "linux")(
		"asks before it drops: Ctrl-C is no, and ends as by Ctrl-C",
		async () => {
			const stack = await runningStack();
			await stack.unreadable("{not json", "isn't JSON");
			const command = `"${process.execPath}" "${cli}" dead-letters drop --all`;
			const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
				cwd: stack.folder,
				env: { ...quietEnvironment(), TERM: "xterm" },
			});
			onTestFinished(() => void child.kill("SIGKILL"));
			const ended = once(child, "close");
			let said = "";
			// Pressed once: a second one may find the terminal without its reader, and then throws away what it still has to show.
			let isPressed = false;
			child.stdout.on("data", (data) => {
				said += data;
				if (isPressed || !said.includes("[y/N] ")) return;
				isPressed = true;
				child.stdin.write("\u0003");
			});
			expect(await ended).toEqual([130, null]);
			expect(said).toMatch(/\[y\/N\] [^\n]*\n[^\n]*nothing was deleted/);
			expect(await stack.counts(stack.urls.scheduledDead)).toEqual([1, 0]);
		},
	);

	it("shows what lies there, why and of whom, without the messages", async () => {
		const stack = await runningStack();
		await stack.unreadable(scheduled("web-7d9c"), "must be the uid that Kubernetes gave the pod");
		await stack.unreadable("{not json", "isn't JSON");
		await stack.put(stack.urls.deletedDead, scheduled("api", "u-1"));
		const { code, stdout, stderr } = await stack.run();
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		const lines = stdout.replace(/[0-9a-f]{8} {2}\d{4}-\S+ \S+Z +\S+/g, "ID SENT AGO");
		expect(lines.trimEnd().split("\n")).toEqual([
			expect.stringMatching(/^QUEUE +ID +SENT +AGO +READ +REASON +ABOUT$/),
			"pod-scheduled  ID SENT AGO    1x  UnreadableMessage  shop/web-7d9c, no uid",
			"    metadata.uid: must be the uid that Kubernetes gave the pod",
			"pod-scheduled  ID SENT AGO    1x  UnreadableMessage  ?",
			"    metadata.uid: isn't JSON",
			"pod-deleted    ID SENT AGO    1x  ReceivedTooOften   shop/api, uid u-1",
		]);
	});

	it("hides and loses nothing by that", async () => {
		const stack = await runningStack();
		for (let count = 0; count < 23; count++)
			await stack.unreadable(scheduled(`web-${count}`), "no");
		const all = ids((await stack.run("--output", "json")).stdout);
		expect(new Set(all).size).toBe(23);
		expect(await stack.counts(stack.urls.scheduledDead)).toEqual([23, 0]);
		const some = await stack.run("--limit", "12", "--output", "json");
		expect(ids(some.stdout)).toHaveLength(12);
		expect(JSON.parse(some.stdout).queues[0]).toEqual({
			queue: "pod-scheduled",
			letters: 12,
			more: 11,
			elsewhere: 0,
		});
		expect(await stack.counts(stack.urls.scheduledDead)).toEqual([23, 0]);
	});

	it.each(["table", "json", "yaml"])(
		"shows a message as %s only where it is asked for",
		async (output) => {
			const stack = await runningStack();
			await stack.unreadable(scheduled("web"), "no");
			expect((await stack.run("--output", output)).stdout).not.toContain("hunter2");
			expect((await stack.run("--output", output, "--show-body")).stdout).toContain("hunter2");
		},
	);

	it("says that there is nothing", async () => {
		const stack = await runningStack();
		const { code, stdout } = await stack.run();
		expect({ code, stdout }).toEqual({ code: 0, stdout: "no dead letters\n" });
	});

	it("ends with 3 where no queue is", async () => {
		const { run, sqs } = await runningStack();
		const { code, stderr } = await run(
			"--deployment",
			"other-prod",
			"--endpoint",
			await endpointOf(sqs),
		);
		expect(code).toBe(3);
		expect(stderr).toContain("other-prod-pod-scheduled-dead-letters");
		expect(stderr).toContain("doesn't exist");
	});
});

const endpointOf = async (sqs: { config: { endpoint?: () => Promise<{ port?: number }> } }) =>
	`http://127.0.0.1:${(await sqs.config.endpoint?.())?.port}`;

describe("npx cellwright dead-letters redrive", () => {
	it("sends back what is chosen as it was, and leaves the rest", async () => {
		const stack = await runningStack();
		const attributes: Record<string, MessageAttributeValue> = {
			trace: { DataType: "String", StringValue: "t-1" },
		};
		await stack.put(stack.urls.scheduledDead, scheduled("web", "u-1"), attributes);
		await stack.unreadable(scheduled("api"), "no uid");
		const { code, stdout } = await stack.run("redrive", "--reason", "ReceivedTooOften");
		expect(code).toBe(0);
		expect(stdout).toMatch(
			/^pod-scheduled [0-9a-f]{8} \(shop\/web, uid u-1\) sent back to pod-scheduled\n$/,
		);
		const [message, ...others] = await stack.received(stack.urls.scheduled);
		expect(others).toEqual([]);
		expect(message?.Body).toBe(scheduled("web", "u-1"));
		expect(message?.MessageAttributes).toMatchObject({ trace: { StringValue: "t-1" } });
		expect(await stack.counts(stack.urls.scheduledDead)).toEqual([1, 0]);
	});

	it("unpacks what was too large for its reason, without our attributes", async () => {
		const stack = await runningStack();
		const body = scheduled("large", "u-1");
		await stack.put(stack.urls.scheduledDead, "see the attribute body", {
			reason: { DataType: "String", StringValue: "UnreadableMessage" },
			faults: { DataType: "String", StringValue: "none" },
			body: { DataType: "Binary", BinaryValue: gzipSync(body) },
		});
		const [id = ""] = ids((await stack.run("--output", "json")).stdout);
		expect((await stack.run("redrive", "--id", id.slice(0, 8))).code).toBe(0);
		const [message] = await stack.received(stack.urls.scheduled);
		expect(message).toMatchObject({ Body: body });
		expect(message?.MessageAttributes).toBeUndefined();
	});

	it("keeps what has no queue to go back to, and says what is done instead", async () => {
		const stack = await runningStack();
		const { QueueUrl = "" } = await stack.sqs.send(
			new CreateQueueCommand({ QueueName: "cellwright-lost-changes" }),
		);
		await stack.put(
			QueueUrl,
			JSON.stringify({
				requestContext: {
					condition: "RetryAttemptsExhausted",
					functionArn:
						"arn:aws:lambda:us-east-1:123456789012:function:cellwright-dev-reconcile:$LATEST",
				},
				DDBStreamBatchInfo: {
					batchSize: 12,
					approximateArrivalOfFirstRecord: "2026-11-23T08:00:00Z",
				},
			}),
		);
		const { stdout } = await stack.run("redrive", "--all");
		expect(stdout).toContain(
			"(cellwright-dev-reconcile, 12 changes of 2026-11-23T08:00:00Z) kept: can't be sent back",
		);
		expect(await stack.counts(QueueUrl)).toEqual([1, 0]);
		expect((await stack.run("--queue", "lost-changes")).stdout).toContain("RetryAttemptsExhausted");
	});

	it.each([
		{ when: "nothing says which", args: ["redrive"], told: "say which: --id, --reason or --all" },
		{
			when: "no letter has the id",
			args: ["redrive", "--id", "nobody"],
			told: "no dead letter begins so",
		},
		{ when: "the id is too short", args: ["redrive", "--id", "a"], told: "4 characters or more" },
		{ when: "nobody can be asked", args: ["drop", "--all"], told: "give --yes" },
		{ when: "the limit is none", args: ["--limit", "many"], told: "must be a number from 1" },
	])("and drop do nothing, with 2, where $when", async ({ args, told }) => {
		const stack = await runningStack();
		await stack.unreadable(scheduled("api"), "no uid");
		const { code, stderr } = await stack.run(...args);
		expect(code).toBe(2);
		expect(stderr).toContain(told);
		expect(await stack.counts(stack.urls.scheduledDead)).toEqual([1, 0]);
		expect(await stack.counts(stack.urls.scheduled)).toEqual([0, 0]);
	});
});

describe("npx cellwright dead-letters drop", () => {
	it("deletes what is chosen, and only that", async () => {
		const stack = await runningStack();
		await stack.unreadable(scheduled("api"), "no uid");
		await stack.put(stack.urls.scheduledDead, scheduled("web", "u-1"));
		const { code, stdout } = await stack.run("drop", "--reason", "UnreadableMessage", "--yes");
		expect(code).toBe(0);
		expect(stdout).toMatch(/^pod-scheduled [0-9a-f]{8} \(shop\/api, no uid\) dropped\n$/);
		const left = await stack.received(stack.urls.scheduledDead);
		expect(left.map(({ Body }) => Body)).toEqual([scheduled("web", "u-1")]);
	});
});
