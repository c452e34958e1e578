import { text } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { scheduled } from "../../shared/cells/transitions.ts";
import { ended, started } from "../proof/processes.ts";
import { aRequest, morning } from "../support/cells.ts";
import { swallowing } from "../support/swallowing-server.ts";

/** A table with a pod that waits, and never changes. */
let table: Awaited<ReturnType<typeof startDynamodb>>;

beforeAll(async () => {
	table = await startDynamodb([{ name: "t-cells", key: "podUid", streamed: false }], () => {});
	const writer = new DynamoDBClient({ ...laptopAws, endpoint: table.endpoint });
	const pod = { uid: "a", namespace: "shop", name: "web" };
	const cell = scheduled(pod, "cell-a", aRequest(), morning, undefined);
	await dynamodbCells(writer, "t-cells", () => morning).claim(cell, new AbortController().signal);
	writer.destroy();
});
afterAll(async () => await table.close());

const library = new URL("../../client/index.ts", import.meta.url).href;

/** Ten minutes between two looks, and until anything is given up: what a program leaves behind would hold it as long. */
const program = (body: string): string => `
	import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
	import { watchPods } from ${JSON.stringify(library)};
	const long = 600_000;
	const requestHandler = { connectionTimeout: long, requestTimeout: long };
	const stop = new AbortController();
	const options = {
		deployment: "t", dynamodb: { requestHandler }, everyMs: long, signal: stop.signal,
	};
	${body}
	console.log("done");
`;

/** Runs a program that watches pods. It isn't told to end. */
function watching(body: string, endpoint: string) {
	const child = started(process.execPath, ["--input-type=module", "--eval", program(body)], {
		PATH: process.env["PATH"] ?? "",
		AWS_ENDPOINT_URL_DYNAMODB: endpoint,
		AWS_REGION: "us-east-1",
		AWS_ACCESS_KEY_ID: "local",
		AWS_SECRET_ACCESS_KEY: "local",
	});
	onTestFinished(async () => await ended(child));
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) throw new Error("its output isn't read");
	const output = Promise.all([text(stdout), text(stderr)]);
	return { child, output: async () => (await output).join("") };
}

describe("a program that watches pods ends by itself", () => {
	it.each([
		{
			when: "it breaks out of the loop",
			body: 'for await (const _ of watchPods(["a"], options)) break;',
		},
		{
			when: "its loop throws",
			body: `try {
				for await (const { name } of watchPods(["a"], options)) throw new Error(name);
			} catch (error) { if (error.message !== "web") throw error; }`,
		},
		{
			when: "it takes one status and forgets the rest",
			body: 'await watchPods(["a"], options).next();',
		},
		{
			when: "it gives the signal between two looks",
			body: `try {
				for await (const _ of watchPods(["a"], options)) setImmediate(() => stop.abort(new Error("enough")));
			} catch (error) { if (error.message !== "enough") throw error; }`,
		},
		{
			when: "it breaks out of the loop and leaves its own client open",
			body: `const dynamodb = new DynamoDBClient({ requestHandler });
			for await (const _ of watchPods(["a"], { ...options, dynamodb })) break;`,
		},
	])("when $when", async ({ body }) => {
		const { output } = watching(body, table.endpoint);
		expect(await output()).toBe("done\n");
	});

	it("when it gives the signal while its request is on its way", async () => {
		const { settings, asked } = await swallowing();
		const { child, output } = watching(
			`process.once("SIGUSR2", () => stop.abort(new Error("enough")));
			try {
				for await (const _ of watchPods(["a"], options));
			} catch (error) { if (error.message !== "enough") throw error; }`,
			settings.endpoint,
		);
		await asked(1);
		child.kill("SIGUSR2");
		expect(await output()).toBe("done\n");
	});
});
