import {
	GetParameterCommand,
	GetParametersByPathCommand,
	PutParameterCommand,
	SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { type ParametersServer, startParameters } from "../../infra/local/parameters-server.ts";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import type { CellParameter } from "../../shared/bootstrap/model.ts";

const { signal } = new AbortController();
const tags = { Node: "cell-1" };
let server: ParametersServer;
let ssm: SSMClient;
/** What was asked for, as `Operation name`. */
const asked: string[] = [];

beforeAll(async () => {
	server = await startParameters();
	ssm = new SSMClient({ ...laptopAws, endpoint: server.endpoint, maxAttempts: 1 });
	ssm.middlewareStack.add(
		(next, context) => async (args) => {
			const { Name = "" } = { Name: "", ...args.input };
			asked.push(`${context["commandName"]} ${Name}`.trim());
			return await next(args);
		},
		{ step: "initialize" },
	);
});
afterAll(async () => {
	ssm.destroy();
	await server.close();
});

const parts = (...values: string[]): CellParameter[] =>
	values.map((value, index) => ({ name: `config-${index}`, value }));
const one = (value: string): CellParameter[] => [{ name: "config", value }];

const kept = async (instanceId: string): Promise<Record<string, unknown>> => {
	const Path = `/kip/cells/${instanceId}`;
	const { Parameters = [] } = await ssm.send(
		new GetParametersByPathCommand({ Path, Recursive: true, WithDecryption: true }),
	);
	return Object.fromEntries(
		Parameters.map(({ Name, Value, Type }) => [Name?.slice(Path.length + 1), [Type, Value]]),
	);
};

describe("cells' parameters in SSM", () => {
	it("lie where the launcher looks, encrypted", async () => {
		await ssmCellParameters(ssm).write("i-1", one("a: b"), tags, signal);
		const { Parameter } = await ssm.send(
			new GetParameterCommand({ Name: "/kip/cells/i-1/config", WithDecryption: true }),
		);
		expect(Parameter).toMatchObject({ Value: "a: b", Type: "SecureString" });
	});

	it("begin with the first part last, so that nobody reads half of them", async () => {
		asked.length = 0;
		await ssmCellParameters(ssm).write("i-2", parts("a", "b", "c"), tags, signal);
		expect(asked.filter((each) => each.startsWith("Put"))).toEqual([
			"PutParameterCommand /kip/cells/i-2/config-2",
			"PutParameterCommand /kip/cells/i-2/config-1",
			"PutParameterCommand /kip/cells/i-2/config-0",
		]);
	});

	it.each([
		{ when: "they are the same", first: one("a"), second: one("a") },
		{ when: "they have changed", first: one("a"), second: one("b") },
		{ when: "they have grown", first: one("a"), second: parts("b", "c") },
		{ when: "they have shrunk", first: parts("a", "b", "c"), second: one("d") },
		{ when: "there are fewer", first: parts("a", "b", "c"), second: parts("d", "e") },
	])("are what was written last when $when", async ({ first, second }) => {
		const parameters = ssmCellParameters(ssm);
		await parameters.write("i-3", first, tags, signal);
		await parameters.write("i-3", second, tags, signal);
		expect(await kept("i-3")).toEqual(
			Object.fromEntries(second.map(({ name, value }) => [name, ["SecureString", value]])),
		);
	});

	it("go all at once, those of Kip's own form too, and no other instance's", async () => {
		const parameters = ssmCellParameters(ssm);
		const all = parts(..."abcdefghij");
		await parameters.write("i-4", all, tags, signal);
		for (const name of ["config_0", "config_1"])
			await ssm.send(
				new PutParameterCommand({ Name: `/kip/cells/i-4/${name}`, Value: "x", Type: "String" }),
			);
		await parameters.write("i-44", one("mine"), tags, signal);
		await parameters.remove("i-4", signal);
		expect(await kept("i-4")).toEqual({});
		expect(await kept("i-44")).toEqual({ config: ["SecureString", "mine"] });
		await parameters.remove("i-4", signal);
	});

	it("name their instances to who asks by their tags, over any number of pages, and no others'", async () => {
		const parameters = ssmCellParameters(ssm);
		const ours = { KipControllerID: "ours", Node: "cell-9" };
		const ids = Array.from({ length: 26 }, (_, index) => `i-9${index}`);
		for (const id of ids) await parameters.write(id, parts("a", "b"), ours, signal);
		// Written again, they keep their tags.
		await parameters.write("i-90", parts("c"), ours, signal);
		await parameters.write("i-8", one("a"), { KipControllerID: "theirs" }, signal);
		const Tags = [{ Key: "KipControllerID", Value: "ours" }];
		await ssm.send(
			new PutParameterCommand({ Name: "/other/i-7/a", Value: "x", Type: "String", Tags }),
		);
		const found = await parameters.owners({ KipControllerID: "ours" }, signal);
		expect(found.toSorted()).toEqual(ids.toSorted());
		expect(await parameters.owners({ KipControllerID: "nobody" }, signal)).toEqual([]);
	});

	it.each([
		{ name: "AccessDeniedException", kind: "operator", reason: "ParametersDenied" },
		{ name: "ThrottlingException", kind: "unavailable", reason: "ParametersUnavailable" },
		{ name: "ValidationException", kind: "unavailable", reason: "ParametersUnavailable" },
	])("tell $name without the value that SSM quotes", async ({ name, kind, reason }) => {
		const refusing = new SSMClient({ ...laptopAws, endpoint: server.endpoint, maxAttempts: 1 });
		refusing.middlewareStack.add(
			() => async () => {
				throw new SSMServiceException({
					name,
					$fault: "client",
					$metadata: {},
					message: "1 validation error detected: Value 'hush' at 'value'",
				});
			},
			{ step: "finalizeRequest", priority: "low" },
		);
		const writing = ssmCellParameters(refusing).write("i-5", one("hush"), tags, signal);
		const error: unknown = await writing.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ kind, reason, message: expect.stringContaining(name) });
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hush");
		expect(error).not.toHaveProperty("cause");
	});
});
