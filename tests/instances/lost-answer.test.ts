import { createServer, type RequestListener, type Server } from "node:http";
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { portOf } from "../../infra/local/port-of.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { lostAnswer } from "../../shared/instances/lost-answer.ts";
import { aLaunchRequest } from "../support/launch-request.ts";

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

/** A launch at an EC2 that answers every request so, or doesn't. */
async function launchAt(
	answer: RequestListener,
	signal = AbortSignal.timeout(20_000),
	onListening: (server: Server) => void = () => {},
) {
	const server = createServer(answer);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const endpoint = `http://127.0.0.1:${portOf(server)}`;
	const client = new EC2Client({ ...laptopAws, endpoint, maxAttempts: 1 });
	closers.push(() => {
		client.destroy();
		server.closeAllConnections();
		server.close();
	});
	onListening(server);
	return await ec2Instances(client, client).launch(aLaunchRequest(), signal);
}

const says =
	(status: number, body: string): RequestListener =>
	(_request, response) =>
		void response.writeHead(status, { "content-type": "text/xml" }).end(body);

const ec2Error = (code: string, message = "EC2's words") =>
	`<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`;

describe("a launch that gets no answer", () => {
	it.each([
		{
			when: "the connection is cut",
			answer: (request) => void request.socket.destroy(),
			code: "ECONNRESET",
		},
		{
			when: "a proxy answers for it",
			answer: says(502, "<html><body>Bad gateway</body></html>"),
			code: expect.any(String),
		},
		{ when: "it is empty", answer: says(503, ""), code: expect.any(String) },
		{
			when: "it is cut off",
			answer: says(200, '<?xml version="1.0"?><RunInstancesResponse><instancesSet><item>'),
			code: "UnreadableAnswer",
		},
		{
			when: "it is a fault of EC2's own without a code of its own",
			answer: says(500, ec2Error("NeverSeenBefore")),
			code: "NeverSeenBefore",
		},
	] satisfies { when: string; answer: RequestListener; code: string }[])(
		"is repeated, because nobody knows what it did, when $when",
		async ({ answer, code }) => {
			expect(await launchAt(answer)).toMatchObject({
				outcome: "refused",
				reason: "transient",
				code,
			});
		},
	);

	it("is repeated when our own deadline ends it", async () => {
		const deadline = new AbortController();
		const launched = launchAt(() => deadline.abort(new Error("out of time")), deadline.signal);
		expect(await launched).toMatchObject({ reason: "transient" });
	});

	it("is repeated when nobody listens", async () => {
		const closed = launchAt(says(200, ""), undefined, (server) => server.close());
		expect(await closed).toMatchObject({ reason: "transient", code: "ECONNREFUSED" });
	});
});

describe("an answer with a code that nobody has studied", () => {
	it("is an error for a human, with code and words, and isn't taken for capacity", async () => {
		const launched = launchAt(says(400, ec2Error("FluxCapacitorDrained", "1.21 GW are missing")));
		await expect(launched).rejects.toMatchObject({
			kind: "operator",
			reason: "UnknownRefusal",
			message: expect.stringContaining("FluxCapacitorDrained: 1.21 GW are missing"),
		});
	});

	it("is loud, too, where a proxy says no without a code", async () => {
		await expect(launchAt(says(403, "<html>Forbidden</html>"))).rejects.toThrow();
	});
});

describe("an instance that ended as it began", () => {
	const ended = (stateReason: string) =>
		says(
			200,
			`<?xml version="1.0"?><RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instancesSet><item><instanceId>i-0123456789abcdef0</instanceId><instanceState><code>48</code><name>terminated</name></instanceState>${stateReason}</item></instancesSet></RunInstancesResponse>`,
		);

	it("for want of capacity counts as refused for that", async () => {
		const why =
			"<stateReason><code>Server.InsufficientInstanceCapacity</code><message>none left</message></stateReason>";
		expect(await launchAt(ended(why))).toMatchObject({
			reason: "no-capacity",
			code: "Server.InsufficientInstanceCapacity",
		});
	});

	it("for another reason has spent its token", async () => {
		expect(await launchAt(ended(""))).toMatchObject({ reason: "token-spent" });
	});
});

describe("what isn't a lost answer", () => {
	it.each([new TypeError("our own fault"), new Error("x"), "text", undefined, null])(
		"%s stays what it is",
		(error) => {
			expect(lostAnswer(error)).toBeUndefined();
		},
	);
});
