import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { bundledModule } from "../../infra/bundle.ts";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { startEc2 } from "../../infra/local/ec2/server.ts";
import { startEvents } from "../../infra/local/events-server.ts";
import { laptopAwsEnv } from "../../infra/local/laptop-aws.ts";
import { startParameters } from "../../infra/local/parameters-server.ts";
import { portOf } from "../../infra/local/port-of.ts";
import { startQueues } from "../../infra/local/queues.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { Outcome } from "../support/every-operation.ts";

it("the tricks change no request, answer or error of an operation that we call", async () => {
	const services = await startServices();
	const answers: Answer[] = [];
	const careless = await everyOperation(false, services.env, async (request) => {
		const answer = await passedOn(request, services.endpoints);
		answers.push(answer);
		return answer;
	});
	// The same bytes again: servers answer with times and ids of their own.
	const again = answers.values();
	const careful = await everyOperation(true, services.env, async () => {
		const { value } = again.next();
		if (value === undefined) throw new Error("more requests than without the tricks");
		return value;
	});

	expect(careful.requests).toEqual(careless.requests);
	expect(careless.loaded).toEqual(expect.arrayContaining(seldomNeeded));
	expect(careful.loaded.filter((module) => seldomNeeded.includes(module))).toEqual([]);
	expect(careful.outcomes).toEqual(careless.outcomes);
	expect(failures(careless.outcomes)).toMatchObject({
		"no capacity": "InsufficientInstanceCapacity EC2ServiceException",
		"no such instance": "InvalidInstanceID.NotFound EC2ServiceException",
		"no such message": expect.stringMatching(/ReceiptHandle|Message/),
		"no such queue": expect.stringMatching(/QueueDoesNotExist/),
		"condition failed": "ConditionalCheckFailedException ConditionalCheckFailedException",
		"no such table": "ResourceNotFoundException ",
		"parameter is there already":
			"ParameterAlreadyExists ParameterAlreadyExists SSMServiceException",
		"no such parameter": "ParameterNotFound ParameterNotFound SSMServiceException",
		"parameter is too long": expect.stringMatching(/SSMServiceException$/),
	});
	expect(careless.outcomes.length - Object.keys(failures(careless.outcomes)).length).toBe(20);
});

it("the packed catalogue is the packaged one", async () => {
	const file = join(await temporaryFolder(), "catalogue.mjs");
	await writeFile(file, (await bundledModule("shared/offerings/catalogue.ts")).text);
	const script = `const { packagedCatalogue } = await import(${JSON.stringify(file)});
	process.stdout.write(JSON.stringify(packagedCatalogue("us-east-1")));`;
	const { stdout } = await promisify(execFile)(
		process.execPath,
		["--input-type=module", "-e", script],
		{ maxBuffer: 1e8 },
	);
	expect(JSON.parse(stdout)).toEqual(packagedCatalogue("us-east-1"));
});

/** Parts of Node that take milliseconds to load, and that no call of ours needs. */
const seldomNeeded = [
	"NativeModule internal/crypto/webcrypto",
	"NativeModule internal/deps/undici/undici",
	"NativeModule internal/fs/streams",
	"NativeModule internal/webstreams/readablestream",
	"NativeModule zlib",
];

type Request = Readonly<{ url: string; headers: Record<string, string>; body: string }>;
type Answer = Readonly<{ status: number; headers: Record<string, string>; body: string }>;

const failures = (outcomes: readonly Outcome[]) =>
	Object.fromEntries(
		outcomes.flatMap(({ call, error }) =>
			error === undefined ? [] : [[call, `${error.name} ${error.is.join(" ")}`]],
		),
	);

/** Runs the entry, bundled one way, in a process of its own against a server that notes what it is asked. */
async function everyOperation(
	care: boolean,
	env: Readonly<Record<string, string>>,
	answer: (request: Request) => Promise<Answer>,
) {
	const requests: Request[] = [];
	const server = createServer(async (incoming, response) => {
		const request = await requestOf(incoming);
		requests.push(comparable(request));
		const { status, headers, body } = await answer(request);
		response.writeHead(status, headers).end(body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const folder = await temporaryFolder();
	try {
		const file = join(folder, "entry.mjs");
		await writeFile(file, (await bundledModule("tests/support/every-operation.ts", { care })).text);
		const script = `await import(${JSON.stringify(file)});
		process.stderr.write(JSON.stringify(process.moduleLoadList));`;
		const options = ["--input-type=module", "-e", script];
		const { stdout, stderr } = await promisify(execFile)(process.execPath, options, {
			env: { ...laptopAwsEnv, ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(server)}` },
		});
		const outcomes: readonly Outcome[] = JSON.parse(stdout);
		const loaded: readonly string[] = JSON.parse(stderr);
		return { requests, outcomes, loaded };
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

async function temporaryFolder(): Promise<string> {
	const parent = resolve(import.meta.dirname, "../../.build");
	await mkdir(parent, { recursive: true });
	const folder = await mkdtemp(join(parent, "tricks-"));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	return folder;
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
	const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
	return {
		url: `${incoming.method} ${incoming.url}`,
		headers: Object.fromEntries(headers),
		body: await text(incoming),
	};
}

/** Without what differs each time: where and when it was sent, and the signature over that. */
const comparable = ({ headers, ...request }: Request): Request => {
	const { host, "x-amz-date": _date, "amz-sdk-invocation-id": _id, ...rest } = headers;
	const authorization = (rest["authorization"] ?? "").replace(/Signature=\w+|\/\d{8}\//g, "");
	return { ...request, headers: { ...rest, authorization } };
};

async function passedOn(
	{ url, headers, body }: Request,
	endpoints: Readonly<Record<string, string>>,
): Promise<Answer> {
	const service = headers["x-amz-target"]?.split(/[_.]/)[0] ?? "EC2";
	const { host, connection, "content-length": _length, ...kept } = headers;
	const response = await fetch(`${endpoints[service]}${url.replace("POST ", "")}`, {
		method: "POST",
		headers: kept,
		body,
	});
	const { "content-length": _, ...answered } = Object.fromEntries(response.headers);
	return { status: response.status, headers: answered, body: await response.text() };
}

/** The embedded servers of every service that the functions call. */
async function startServices() {
	const types = packagedCatalogue("us-east-1").types.filter(({ name }) =>
		/^[cm]7g\.large$/.test(name),
	);
	const ec2 = await startEc2({
		types: Object.fromEntries(
			types.map(({ name, onDemandMicroUsd, burstable, ...type }) => [
				name,
				{ ...type, onDemandHourlyUsd: onDemandMicroUsd / 1e6, burstable: burstable !== undefined },
			]),
		),
		times: { visibleAfterMs: 0 },
		throttling: false,
	});
	ec2.takeCapacity({ instanceType: "c7g.large" });
	const queues = await startQueues([{ name: "q", visibilitySeconds: 30, maxReceives: 3 }]);
	const dynamodb = await startDynamodb([{ name: "cells", key: "id", streamed: false }], () => {});
	const [ssm, events] = [await startParameters(), await startEvents(() => {})];
	for (const each of [ec2, queues, dynamodb, ssm, events])
		onTestFinished(async () => await each.close());
	const arm = ec2.images.find(({ architecture }) => architecture === "arm64");
	return {
		endpoints: {
			EC2: ec2.endpoint,
			AmazonSQS: queues.endpoint,
			DynamoDB: dynamodb.endpoint,
			AmazonSSM: ssm.endpoint,
			AWSEvents: events.endpoint,
		},
		env: { IMAGE: arm?.imageId ?? "", QUEUE_URL: queues.queues[0]?.url ?? "" },
	};
}
