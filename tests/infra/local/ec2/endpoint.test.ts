import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { answerXml, errorXml } from "../../../../infra/local/ec2/xml.ts";
import { simulator } from "./simulator.ts";

const post = async (endpoint: string, body: string): Promise<{ status: number; text: string }> => {
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	const response = await fetch(endpoint, { method: "POST", body, headers });
	return { status: response.status, text: await response.text() };
};

describe("the endpoint", () => {
	it("refuses an action that EC2 doesn't have, as EC2 writes errors", async () => {
		const { ec2 } = await simulator();
		const { status, text } = await post(ec2.endpoint, "Action=Fly&Version=2016-11-15");
		expect(status).toBe(400);
		expect(text.replace(/[0-9a-f-]{36}/, "ID")).toBe(
			'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidAction</Code><Message>The action Fly is not valid for this web service.</Message></Error></Errors><RequestID>ID</RequestID></Response>',
		);
	});

	it.each([
		{ what: "nothing", body: "" },
		{ what: "no form", body: "{}" },
		{ what: "a contradiction", body: "Action=DescribeImages&Owner=1&Owner.1=2" },
		{ what: "a prototype", body: "Action=DescribeImages&__proto__.x=2" },
		{ what: "an inherited name", body: "Action=constructor" },
	])("survives $what", async ({ body }) => {
		const { ec2 } = await simulator();
		expect(await post(ec2.endpoint, body)).toMatchObject({ status: 400 });
		expect(await post(ec2.endpoint, "Action=DescribeImages")).toMatchObject({ status: 200 });
	});

	it("survives a client that goes in the middle of its request", async () => {
		const { ec2 } = await simulator();
		const { hostname, port } = new URL(ec2.endpoint);
		const socket = connect(Number(port), hostname);
		await new Promise((resolve) => {
			socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\nAction=", resolve);
		});
		socket.destroy();
		await new Promise((resolve) => socket.once("close", resolve));
		expect(await post(ec2.endpoint, "Action=DescribeImages")).toMatchObject({ status: 200 });
	});

	it("refuses more than it will read", async () => {
		const { ec2 } = await simulator();
		const body = `Action=RunInstances&UserData=${"x".repeat(1_100_000)}`;
		expect(await post(ec2.endpoint, body)).toMatchObject({ status: 413 });
	});
});

describe("EC2's XML", () => {
	it("is this for an answer", () => {
		const answer = { set: [{ name: "a&<b>" }, "c"], none: undefined, empty: [], on: true };
		expect(answerXml("Ask", "id", answer)).toBe(
			'<?xml version="1.0" encoding="UTF-8"?>\n<AskResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id</requestId><set><item><name>a&amp;&lt;b&gt;</name></item><item>c</item></set><empty></empty><on>true</on></AskResponse>',
		);
	});

	it("replaces what XML can't carry", () => {
		expect(errorXml("A", "\u0001\r", "id")).toContain("<Message>?&#13;</Message>");
	});
});
