import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
	GetQueueAttributesCommand,
	GetQueueUrlCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

let watched: Awaited<ReturnType<typeof watchedStack>>;
let sqs: SQSClient;

beforeAll(async () => {
	watched = await watchedStack();
	sqs = new SQSClient({ ...laptopAws, endpoint: watched.stack.endpoints.sqs });
});
afterAll(async () => {
	sqs.destroy();
	await watched.stack.stop();
});

const send = async (QueueName: string, MessageBody: string) => {
	const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
	await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
};
const schedule = async (uid: string) => await send(names.podScheduled, podScheduledBody(uid));
/** As a cluster would tell it: the whole pod. */
const deletionOf = (uid: string): string =>
	JSON.stringify({ ...JSON.parse(podScheduledBody(uid)), kind: "PodDeleted" });
const remove = async (uid: string) => await send(names.podDeleted, deletionOf(uid));

const announcedOf = async (uid: string, last: string) =>
	await watched.eventually(`${uid} announced ${last}`, () => {
		const statuses = watched.events
			.map(({ detail }) => StatusEvent.parse(detail))
			.filter(({ podUid }) => podUid === uid);
		return statuses.at(-1)?.phase === last ? statuses : undefined;
	});

describe("a pod-deleted message", () => {
	it("ends a cell that is ready, and everybody is told", async () => {
		await schedule("gone-1");
		const { instance } = await watched.cell("gone-1", "Ready");
		await remove("gone-1");
		const cell = await watched.cell("gone-1", "Terminated");
		expect(cell).toMatchObject({
			reason: "PodDeleted",
			instance,
			stages: { endedAt: expect.any(String) },
		});
		expect(watched.stack.ec2.instance(instance.instanceId)?.state).toMatch(
			/^(shutting-down|terminated)$/,
		);
		const announced = await announcedOf("gone-1", "Terminated");
		expect(announced.map(({ phase }) => phase)).toEqual([
			"Scheduled",
			"Launching",
			"Booting",
			"Ready",
			"Terminating",
			"Terminated",
		]);
		expect(announced.slice(-2).map(({ reason }) => reason)).toEqual(["PodDeleted", "PodDeleted"]);
	});

	it("that overtakes its pod leaves a tombstone, and the pod gets no cell", async () => {
		await remove("gone-2");
		await watched.cell("gone-2", "Terminated");
		await schedule("gone-2");
		await watched.eventually("the pod's message dropped", () =>
			watched.lines.find(
				(line) => line.includes("its pod has been deleted") && line.includes("gone-2"),
			),
		);
		const announced = await announcedOf("gone-2", "Terminated");
		expect(announced).toMatchObject([{ phase: "Terminated", reason: "PodDeleted", version: 0 }]);
		expect(watched.lines.join("\n")).not.toMatch(/cell launched.*gone-2/);
	});

	it("ends every cell of a crowd, whatever they are at, and no instance is left of them", async () => {
		const uids = Array.from({ length: 12 }, (_, index) => `crowd-${index}`);
		await Promise.all(
			uids.map(async (uid, index) => {
				await schedule(uid);
				// Of five, one is deleted as soon as it is sent.
				const phase = (["Scheduled", "Launching", "Booting", "Ready"] as const)[index % 5];
				if (phase !== undefined)
					await watched.eventually(`${uid} ${phase}`, () =>
						watched.history.find((cell) => cell.podUid === uid && cell.phase === phase),
					);
				await Promise.all([remove(uid), remove(uid)]);
			}),
		);
		for (const uid of uids) await watched.cell(uid, "Terminated");
		await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
		expect(await livingInstancesOf(uids)).toEqual([]);
	});

	/** Messages of pods that nobody has settled yet. */
	const waiting = async (): Promise<number> => {
		const { Attributes } = await sqs.send(
			new GetQueueAttributesCommand({
				QueueUrl: watched.stack.podScheduled.url,
				AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
			}),
		);
		return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
	};

	const livingInstancesOf = async (uids: readonly string[]): Promise<readonly string[]> => {
		const ec2 = new EC2Client({ ...laptopAws, endpoint: watched.stack.endpoints.ec2 });
		const { Reservations = [] } = await ec2.send(
			new DescribeInstancesCommand({
				Filters: [
					{ Name: "tag:cellwright.dev/pod-uid", Values: [...uids] },
					{ Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
				],
			}),
		);
		ec2.destroy();
		return Reservations.flatMap(({ Instances = [] }) =>
			Instances.map(({ InstanceId = "" }) => InstanceId),
		);
	};

	it("that can't be read is kept among its queue's dead letters, with the reason", async () => {
		await send(names.podDeleted, deletionOf("gone-3").replace('"uid"', '"id"'));
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: watched.stack.podDeleted.deadLettersUrl,
				WaitTimeSeconds: 20,
				MessageAttributeNames: ["All"],
			}),
		);
		expect(Messages).toHaveLength(1);
		expect(Messages[0]?.MessageAttributes).toMatchObject({
			reason: { StringValue: "UnreadableMessage" },
			faults: { StringValue: expect.stringContaining("metadata.uid") },
		});
	});
});
