import { createServer } from "node:http";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Context } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foundAuthorityHandler } from "../../functions/found-authority/handler.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { type ParametersServer, startParameters } from "../../infra/local/parameters-server.ts";
import { portOf } from "../../infra/local/port-of.ts";
import { foundAuthority } from "../../shared/flows/found-authority.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { ssmErasure } from "../../shared/pki/erasure.ssm.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import type { Credentials } from "../../shared/pki/model.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { httpsStackAnswers } from "../../shared/stack/answers.https.ts";
import type { StackRequest } from "../../shared/stack/model.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
const now = () => new Date("2026-11-23T08:00:00.000Z");
let server: ParametersServer;
let ssm: SSMClient;
let deployments = 0;

beforeAll(async () => {
	server = await startParameters();
	ssm = new SSMClient({ ...laptopAws, endpoint: server.endpoint });
});
afterAll(async () => {
	ssm.destroy();
	await server.close();
});

/** A deployment with nothing in it yet. */
const deployment = () => {
	const prefix = `/cellwright/deployment-${deployments++}`;
	const vault = ssmVault(ssm, prefix);
	const certificates: { authorityId: string | undefined; credentials: Credentials }[] = [];
	const lines: string[] = [];
	return {
		prefix,
		certificates,
		lines,
		ports: {
			vault,
			prefix,
			make: () => newAuthority(now()),
			erase: ssmErasure(ssm, prefix),
			issuers: forgeIssuers(ssmVault(ssm, prefix), 0, now),
			clientCredentials: {
				get: async () => undefined,
				put: async (authorityId: string | undefined, credentials: Credentials) => {
					certificates.push({ authorityId, credentials });
				},
			},
			now,
			log: aLog(lines),
			metrics: someMetrics(lines),
		},
	};
};

const asked = (more: Partial<StackRequest>): StackRequest => ({
	RequestType: "Create",
	ResponseURL: "https://127.0.0.1/answer?signature=secret",
	StackId: "stack",
	RequestId: "request",
	LogicalResourceId: "Authority",
	...more,
});

const kept = async (prefix: string): Promise<readonly (string | undefined)[]> => {
	const page = await ssm.send(new GetParametersByPathCommand({ Path: prefix, Recursive: true }));
	return (page.Parameters ?? []).map(({ Name }) => Name);
};

describe("the authority of a deployment", () => {
	it("is made by the first deployment, with readiness' first certificates, and by no later one", async () => {
		const { prefix, ports, certificates } = deployment();
		const answer = await foundAuthority(asked({}), ports, signal);
		expect(answer).toEqual({ status: "SUCCESS", physicalId: prefix });
		expect(certificates.map(({ authorityId }) => authorityId)).toEqual([
			expect.any(String),
			undefined,
		]);
		const first = await ports.vault.authority(undefined, signal);

		const again = asked({ RequestType: "Update", PhysicalResourceId: prefix });
		expect(await foundAuthority(again, ports, signal)).toEqual(answer);
		expect(await ssmVault(ssm, prefix).authority(undefined, signal)).toEqual(first);
	});

	it("is erased with all that a rotation has added, when the stack says so", async () => {
		const { prefix, ports } = deployment();
		await foundAuthority(asked({}), ports, signal);
		for (let index = 0; index < 12; index++) await ports.vault.keep(newAuthority(now()), signal);
		expect(await kept(prefix)).toHaveLength(10);
		const answer = await foundAuthority(
			asked({ RequestType: "Delete", PhysicalResourceId: prefix }),
			ports,
			signal,
		);
		expect(answer).toEqual({ status: "SUCCESS", physicalId: prefix });
		expect(await kept(prefix)).toEqual([]);
	});

	it.each(["/cellwright/of-somebody-else", "no-authority", undefined])(
		"stays when the resource that goes is %s",
		async (PhysicalResourceId) => {
			const { prefix, ports } = deployment();
			await foundAuthority(asked({}), ports, signal);
			const request = asked({
				RequestType: "Delete",
				...(PhysicalResourceId === undefined ? {} : { PhysicalResourceId }),
			});
			expect(await foundAuthority(request, ports, signal)).toMatchObject({ status: "SUCCESS" });
			expect(await kept(prefix)).toEqual([`${prefix}/authority`]);
		},
	);

	it("answers a failure with what to do, and nothing that is secret", async () => {
		const { ports, lines } = deployment();
		const erase = async () => {
			throw new Error("-----BEGIN PRIVATE KEY-----");
		};
		const answer = await foundAuthority(
			asked({ RequestType: "Delete", PhysicalResourceId: ports.prefix }),
			{ ...ports, erase },
			signal,
		);
		expect(answer).toMatchObject({
			status: "FAILED",
			reason: expect.stringMatching(/^Error; the log/),
		});
		expect(JSON.stringify([answer, lines])).not.toMatch(/PRIVATE KEY|signature=secret/);
	});

	it("reaches CloudFormation as the object that it waits for, without a secret in it", async () => {
		const bodies: { method: string | undefined; type: string | undefined; body: string }[] = [];
		const s3 = createServer(async (request, response) => {
			const body = Buffer.concat(await Array.fromAsync(request)).toString();
			bodies.push({ method: request.method, type: request.headers["content-type"], body });
			response.writeHead(bodies.length > 1 ? 403 : 200).end();
		});
		await new Promise<void>((resolve) => s3.listen(0, "127.0.0.1", resolve));
		try {
			const { prefix, ports, lines } = deployment();
			const handler = foundAuthorityHandler({ ...ports, answer: httpsStackAnswers() });
			const event = asked({
				ResponseURL: `http://127.0.0.1:${portOf(s3)}/answer?signature=secret`,
			});
			const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 60_000 };
			await handler(event, context as Context);
			expect(bodies).toHaveLength(1);
			expect(bodies[0]).toMatchObject({ method: "PUT", type: "" });
			expect(JSON.parse(bodies[0]?.body ?? "")).toEqual({
				Status: "SUCCESS",
				PhysicalResourceId: prefix,
				StackId: "stack",
				RequestId: "request",
				LogicalResourceId: "Authority",
			});
			await expect(handler(event, context as Context)).rejects.toThrow(/HTTP 403/);
			expect(lines.join("\n")).not.toContain("signature=secret");
		} finally {
			s3.close();
		}
	});
});
