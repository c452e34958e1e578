import type { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
	GetQueueUrlCommand,
	ReceiveMessageCommand,
	SendMessageBatchCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { agentPort } from "../../shared/agent/model.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import type { Credentials } from "../../shared/pki/model.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

const { signal } = new AbortController();
let watched: Awaited<ReturnType<typeof watchedStack>>;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let queueUrl = "";

beforeAll(async () => {
	watched = await watchedStack();
	// All that a sender knows: an endpoint and a queue's name.
	sqs = new SQSClient({ ...laptopAws, endpoint: watched.stack.endpoints.sqs });
	dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: watched.stack.endpoints.dynamodb });
	const found = await sqs.send(new GetQueueUrlCommand({ QueueName: names.podScheduled }));
	queueUrl = found.QueueUrl ?? "";
});
afterAll(async () => {
	sqs.destroy();
	dynamodb.destroy();
	await watched.stack.stop();
});

const send = async (body: string) =>
	await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));

/** The certificate that a cell shows, to somebody who brings these credentials, or none. */
const certificateAt = async (address: string, credentials?: Credentials) => {
	const [host = "", port = String(agentPort)] = address.split(":");
	const { promise, resolve, reject } = Promise.withResolvers<X509Certificate | undefined>();
	const socket = connect({
		host,
		port: Number(port),
		servername: "MilpaNode",
		rejectUnauthorized: credentials !== undefined,
		// In 1.3 a client hears of its refusal only after its own half of the handshake is over.
		maxVersion: "TLSv1.2",
		ca: credentials?.caPem,
		cert: credentials?.certificatePem,
		key: credentials?.keyPem,
	});
	socket.once("secureConnect", () => resolve(socket.getPeerX509Certificate()));
	socket.once("error", reject);
	return await promise.finally(() => socket.destroy());
};

const clientCredentials = async (): Promise<Credentials> => {
	const found = await dynamodbClientCredentials(dynamodb, names.credentials).get(undefined, signal);
	if (found === undefined) throw new Error("no client certificate");
	return found;
};

describe("a pod-scheduled message", () => {
	it("becomes a cell that is ready, and its sender finds it in the table", async () => {
		await send(podScheduledBody("journey-1"));
		const cell = await watched.cell("journey-1", "Ready");
		const { Item } = await dynamodb.send(
			new GetItemCommand({ TableName: names.cells, Key: { podUid: { S: "journey-1" } } }),
		);
		expect(unmarshall(Item ?? {})).toMatchObject({ phase: "Ready", podUid: "journey-1" });
		expect(cell).toMatchObject({
			attempt: 1,
			plan: { offering: { capacityType: "on-demand", architecture: "x86_64" } },
			refusals: [],
		});
		expect(cell.instance.podAddress).not.toBe(cell.instance.address);
		const { sentAt, acceptedAt, plannedAt, launchedAt, answeredAt, readyAt } = cell.stages;
		const times = [sentAt, acceptedAt, plannedAt, launchedAt, answeredAt, readyAt];
		expect(times).toEqual(times.toSorted());
		expect(times).not.toContain(undefined);
	});

	it("is announced at each change, in order, without a gap", async () => {
		await send(podScheduledBody("journey-2"));
		await watched.cell("journey-2", "Ready");
		const announced = await watched.eventually("Ready announced", () => {
			const statuses = watched.events
				.map(({ detail }) => StatusEvent.parse(detail))
				.filter(({ podUid }) => podUid === "journey-2");
			return statuses.at(-1)?.phase === "Ready" ? statuses : undefined;
		});
		expect(announced.map(({ phase }) => phase)).toEqual([
			"Scheduled",
			"Launching",
			"Booting",
			"Ready",
		]);
		expect(announced.map(({ version }) => version)).toEqual([0, 1, 2, 3]);
	});

	it("makes one cell however often it is delivered", async () => {
		const body = podScheduledBody("journey-3");
		await Promise.all(Array.from({ length: 5 }, async () => send(body)));
		const cell = await watched.cell("journey-3", "Ready");
		const launched = watched.lines.filter(
			(line) => line.includes("cell launched") && line.includes("journey-3"),
		);
		expect(launched).toHaveLength(1);
		// A quick agent answers before EC2 says "running".
		expect(watched.stack.ec2.instance(cell.instance.instanceId)?.state).toMatch(/pending|running/);
	});

	it.each([
		{
			wrapping: "an EventBridge envelope",
			wrap: (detail: unknown) => ({
				version: "0",
				"detail-type": "PodScheduled",
				source: "k8s",
				detail,
			}),
		},
		{
			wrapping: "an SNS notification",
			wrap: (message: unknown) => ({
				Type: "Notification",
				MessageId: "1",
				Message: JSON.stringify(message),
			}),
		},
	])("may come in $wrapping", async ({ wrapping, wrap }) => {
		const uid = `wrapped-${wrapping.length}`;
		await send(JSON.stringify(wrap(JSON.parse(podScheduledBody(uid)))));
		await watched.cell(uid, "Ready");
	});
});

describe("a cell", () => {
	it("lets nobody in without the controller's certificate, and answers pong to who has it", async () => {
		const { instance, plan } = await watched.cell("journey-1", "Ready");
		await expect(certificateAt(instance.address)).rejects.toMatchObject({
			code: expect.stringMatching(/ALERT|^ECONNRESET$|^EPIPE$/),
		});
		const credentials = await clientCredentials();
		const agent = httpsAgent();
		expect(await agent.ping(instance.address, plan.fingerprint, credentials, signal)).toEqual({
			answer: "pong",
		});
	});

	it("shows its own name beside MilpaNode, and shares its key with no other", async () => {
		const credentials = await clientCredentials();
		const keys = new Set<string>();
		for (const uid of ["journey-1", "journey-2", "journey-3"]) {
			const { instance, cellName } = await watched.cell(uid, "Ready");
			const certificate = await certificateAt(instance.address, credentials);
			expect(certificate?.subjectAltName).toBe(`DNS:MilpaNode, DNS:${cellName}`);
			keys.add(String(certificate?.publicKey.export({ format: "pem", type: "spki" })));
		}
		expect(keys.size).toBe(3);
	});
});

describe("EC2 without capacity", () => {
	it("is asked for the next cheapest, and the record tells what was refused", async () => {
		const before = await watched.cell("journey-1", "Ready");
		const giveBack = watched.stack.ec2.takeCapacity({
			instanceType: before.plan.offering.instanceType,
		});
		await send(podScheduledBody("capacity-1"));
		const cell = await watched.cell("capacity-1", "Ready");
		giveBack();
		expect(cell.plan.offering.instanceType).not.toBe(before.plan.offering.instanceType);
		expect(cell.plan.offering.hourlyUsd).toBeGreaterThanOrEqual(before.plan.offering.hourlyUsd);
		expect(cell.attempt).toBe(cell.refusals.length + 1);
		for (const { reason, code } of cell.refusals)
			expect({ reason, code }).toEqual({
				reason: "no-capacity",
				code: "InsufficientInstanceCapacity",
			});
	});
});

describe("a batch with bad messages in it", () => {
	const pod = (uid: string, cpu: string) =>
		podScheduledBody(uid, {
			spec: { containers: [{ name: "web", image: "nginx", resources: { limits: { cpu } } }] },
		});

	it("fails the pods that can be told, keeps the rest as dead letters, and launches the others", async () => {
		const withoutUid = JSON.stringify({
			apiVersion: "cellwright.dev/v1",
			kind: "PodScheduled",
			pod: { metadata: { name: "nameless" }, spec: { containers: [] } },
		});
		const bodies = [
			podScheduledBody("batch-good"),
			pod("batch-bad", "1aa"),
			"{ not json",
			withoutUid,
			podScheduledBody("batch-v7").replace("cellwright.dev/v1", "cellwright.dev/v7"),
		];
		await sqs.send(
			new SendMessageBatchCommand({
				QueueUrl: queueUrl,
				Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
			}),
		);
		await send("x".repeat(1024 * 1024));

		await watched.cell("batch-good", "Ready");
		const bad = await watched.cell("batch-bad", "Failed");
		expect(bad).toMatchObject({ reason: "InvalidPod" });
		expect(bad.message).toContain("spec.containers[0].resources.limits.cpu");
		expect(bad.message).toContain("1aa");

		const newer = await watched.cell("batch-v7", "Failed");
		expect(newer.message).toContain("cellwright.dev/v7");

		const letters = await deadLetters(3);
		expect(letters.map(({ reason }) => reason)).toEqual(Array(3).fill("UnreadableMessage"));
		expect(letters.map(({ faults }) => faults).join("\n")).toContain("metadata.uid");
		expect(letters.map(({ body }) => body)).toContain("{ not json");
	});

	const deadLetters = async (count: number) => {
		const letters: { body: string; reason: string; faults: string }[] = [];
		while (letters.length < count) {
			const { Messages = [] } = await sqs.send(
				new ReceiveMessageCommand({
					QueueUrl: watched.stack.podScheduled.deadLettersUrl,
					MaxNumberOfMessages: 10,
					WaitTimeSeconds: 20,
					MessageAttributeNames: ["All"],
					VisibilityTimeout: 600,
				}),
				{ abortSignal: signal },
			);
			for (const { Body = "", MessageAttributes } of Messages)
				letters.push({
					body: Body,
					reason: MessageAttributes?.["reason"]?.StringValue ?? "",
					faults: MessageAttributes?.["faults"]?.StringValue ?? "",
				});
		}
		return letters;
	};
});

describe("secrets", () => {
	it("stand in no record, event or log", async () => {
		const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: names.cells }));
		expect(Items.length).toBeGreaterThan(5);
		const everything = JSON.stringify([Items, watched.events, watched.lines, watched.history]);
		expect(everything).toContain("journey-1");
		expect(everything).not.toContain("-----BEGIN");
		expect(everything).not.toContain("s3cr3t-env-value");
		expect(everything).not.toMatch(/PRIVATE KEY|write_files/);
	});
});
