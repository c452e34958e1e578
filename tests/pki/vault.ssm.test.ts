import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ParametersServer, startParameters } from "../../infra/local/parameters-server.ts";
import type { Authority } from "../../shared/pki/model.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";

const signal = AbortSignal.timeout(20_000);
const anAuthority = (over: Partial<Authority> = {}): Authority => ({
	certificatePem: "certificate\n",
	privateKeyPem: "key-that-nobody-may-see\n",
	derivationSecret: "c2VjcmV0",
	...over,
});

let server: ParametersServer;
let ssm: SSMClient;
let prefixes = 0;

const newPrefix = (): string => `/cellwright/${prefixes++}`;
const put = (Name: string, Value: string) =>
	ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));

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

describe("ssmVault", () => {
	it("gives back the authority that was founded", async () => {
		const vault = ssmVault(ssm, newPrefix());
		const founded = anAuthority({ alsoTrustedPem: "former\n" });
		expect(await vault.found(founded, signal)).toEqual(founded);
		expect(await vault.authority(signal)).toEqual(founded);
	});

	it("lets the first of two founders win, and tells the second", async () => {
		const vault = ssmVault(ssm, newPrefix());
		const [one, other] = await Promise.all([
			vault.found(anAuthority({ derivationSecret: "b25l" }), signal),
			vault.found(anAuthority({ derivationSecret: "b3RoZXI=" }), signal),
		]);
		expect(one).toEqual(other);
		expect(await vault.authority(signal)).toEqual(one);
	});

	it("asks for a deployment when there is none yet", async () => {
		const prefix = newPrefix();
		await expect(ssmVault(ssm, prefix).authority(signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "AuthorityMissing",
			message: expect.stringContaining(`${prefix}/authority`),
		});
	});

	it("refuses what would need more than a standard parameter", async () => {
		const founding = ssmVault(ssm, newPrefix()).found(
			anAuthority({ certificatePem: "x".repeat(4_096) }),
			signal,
		);
		await expect(founding).rejects.toMatchObject({ kind: "operator", reason: "AuthorityTooLarge" });
	});

	it.each([
		{ when: "the parameter is no JSON", value: "key-that-nobody-may-see", wrong: "(all)" },
		{
			when: "fields are missing",
			value: JSON.stringify({ privateKeyPem: "key-that-nobody-may-see" }),
			wrong: "certificatePem, derivationSecret",
		},
	])("names what is wrong but shows no value when $when", async ({ value, wrong }) => {
		const prefix = newPrefix();
		await put(`${prefix}/authority`, value);
		const reading = ssmVault(ssm, prefix).authority(signal);
		await expect(reading).rejects.toMatchObject({
			kind: "operator",
			reason: "AuthorityUnreadable",
			message: expect.stringContaining(wrong),
		});
		await expect(reading).rejects.not.toThrow(/nobody-may-see/);
	});

	it("stops waiting when its caller does", async () => {
		const vault = ssmVault(ssm, newPrefix());
		await expect(vault.authority(AbortSignal.abort())).rejects.toMatchObject({
			name: "AbortError",
		});
	});

	it("finds none after somebody deleted it", async () => {
		const prefix = newPrefix();
		const vault = ssmVault(ssm, prefix);
		await vault.found(anAuthority(), signal);
		await ssm.send(new DeleteParameterCommand({ Name: `${prefix}/authority` }));
		await expect(vault.authority(signal)).rejects.toMatchObject({ reason: "AuthorityMissing" });
	});
});
