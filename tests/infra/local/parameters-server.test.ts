import {
	DeleteParametersCommand,
	GetParameterCommand,
	GetParametersByPathCommand,
	GetParametersCommand,
	PutParameterCommand,
	SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ParametersServer, startParameters } from "../../../infra/local/parameters-server.ts";

let server: ParametersServer;
let ssm: SSMClient;

beforeAll(async () => {
	server = await startParameters();
	ssm = new SSMClient({
		endpoint: server.endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
	});
});
afterAll(async () => {
	ssm.destroy();
	await server.close();
});

const put = (Name: string, Value: string, more: object = {}) =>
	ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString", ...more }));

describe("the simulated parameter store", () => {
	it("listens on the loopback interface only", () => {
		expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	});

	it("shows a secure string only to who asks for decryption", async () => {
		await put("/secure", "hush");
		const plain = await ssm.send(
			new GetParameterCommand({ Name: "/secure", WithDecryption: true }),
		);
		const sealed = await ssm.send(new GetParameterCommand({ Name: "/secure" }));
		expect(plain.Parameter).toMatchObject({ Value: "hush", Version: 1, Type: "SecureString" });
		expect(plain.Parameter?.LastModifiedDate).toBeInstanceOf(Date);
		expect(sealed.Parameter?.Value).not.toContain("hush");
	});

	it("takes no tags with an order to overwrite", async () => {
		const Tags = [{ Key: "Node", Value: "cell" }];
		await put("/tagged", "one", { Tags });
		await expect(put("/tagged", "two", { Tags, Overwrite: true })).rejects.toMatchObject({
			name: "ValidationException",
		});
	});

	it("lists what lies below a path, page after page", async () => {
		for (const name of ["a", "b", "c", "d/e"]) await put(`/below/${name}`, name);
		await put("/below-not", "x");
		const names = async (input: object) => {
			const command = new GetParametersByPathCommand({ Path: "/below", ...input });
			const { Parameters = [], NextToken } = await ssm.send(command);
			return { names: Parameters.map(({ Name }) => Name), NextToken };
		};
		expect((await names({})).names).toEqual(["/below/a", "/below/b", "/below/c"]);
		const first = await names({ Recursive: true, MaxResults: 3 });
		const rest = await names({ Recursive: true, MaxResults: 3, NextToken: first.NextToken });
		expect(rest).toEqual({ names: ["/below/d/e"], NextToken: undefined });
	});

	it("overwrites only when told to, and counts the versions", async () => {
		await put("/twice", "one");
		await expect(put("/twice", "two")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
		expect(await put("/twice", "two", { Overwrite: true })).toMatchObject({ Version: 2 });
	});

	it("refuses more than 4,096 characters in the standard tier", async () => {
		const value = "x".repeat(4_097);
		await expect(put("/large", value)).rejects.toMatchObject({ name: "ValidationException" });
		expect(await put("/large", value, { Tier: "Advanced" })).toMatchObject({ Tier: "Advanced" });
	});

	it("tells known from unknown names, reading and deleting many", async () => {
		await put("/many/0", "a");
		const Names = ["/many/0", "/many/1"];
		const read = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
		expect(read.Parameters).toMatchObject([{ Name: "/many/0", Value: "a" }]);
		expect(read.InvalidParameters).toEqual(["/many/1"]);
		expect(await ssm.send(new DeleteParametersCommand({ Names }))).toMatchObject({
			DeletedParameters: ["/many/0"],
			InvalidParameters: ["/many/1"],
		});
	});

	it.each([
		{
			when: "the operation isn't simulated",
			target: "AmazonSSM.GetParameterHistory",
			body: "{}",
			type: "UnknownOperationException",
		},
		{
			when: "the operation is a word of JavaScript's",
			target: "AmazonSSM.constructor",
			body: "{}",
			type: "UnknownOperationException",
		},
		{
			when: "the body is no JSON",
			target: "AmazonSSM.GetParameter",
			body: "{",
			type: "ValidationException",
		},
		{
			when: "a member is missing",
			target: "AmazonSSM.GetParameter",
			body: "{}",
			type: "ValidationException",
		},
	])("answers 400 when $when", async ({ target, body, type }) => {
		const response = await fetch(server.endpoint, {
			method: "POST",
			headers: { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" },
			body,
		});
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ __type: type });
	});
});
