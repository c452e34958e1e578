import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { agentPort } from "../../shared/agent/model.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { currentOf } from "../../shared/pki/rotation.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { names } from "../local/names.ts";
import { readStackFile, type StackFile } from "./place/stack-file.ts";

/**
 * Writes the running stack's client certificate, which opens every cell of it, to files that only their
 * owner can read, and prints how to use them.
 *
 * @throws ProvisionerError `unavailable` when no stack runs in this folder, or it has no certificate yet.
 */
export async function clientCertificateCommand(folder: string): Promise<void> {
	const stack = readStackFile();
	if (stack === undefined)
		throw unavailable("no embedded stack runs in this folder: start one with `npx cellwright up`");
	const signal = AbortSignal.timeout(10_000);
	const authorityId = await signingAuthority(stack, signal);
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: stack.endpoints.dynamodb });
	const found = await dynamodbClientCredentials(dynamodb, names.credentials)
		.get(authorityId, signal)
		.finally(() => dynamodb.destroy());
	if (found === undefined) throw unavailable("the stack has no client certificate yet: try again");

	await mkdir(folder, { recursive: true });
	const files = {
		"ca.crt": found.caPem,
		"client.crt": found.certificatePem,
		"client.key": found.keyPem,
	};
	for (const [name, text] of Object.entries(files))
		await writeFile(join(folder, name), text, { mode: 0o600 });
	console.log(
		`Valid until ${found.expiresAt.toISOString()}. A cell's address is in \`npx cellwright status <pod>\`:`,
	);
	console.log(
		`curl --cacert ${folder}/ca.crt --cert ${folder}/client.crt --key ${folder}/client.key \\\n  --connect-to MilpaNode:${agentPort}:ADDRESS:${agentPort} https://MilpaNode:${agentPort}/rest/v1/ping`,
	);
}

/** New cells let its clients in; those that an earlier one made do so if they were born after the next was made. */
async function signingAuthority(
	{ endpoints }: StackFile,
	signal: AbortSignal,
): Promise<string | undefined> {
	if (endpoints.ssm === undefined) return undefined;
	const ssm = new SSMClient({ ...laptopAws, endpoint: endpoints.ssm });
	const { roster } = await ssmVault(ssm, names.authority)
		.roster(signal)
		.finally(() => ssm.destroy());
	return currentOf(roster).id;
}

const unavailable = (message: string) =>
	new ProvisionerError("unavailable", "NoClientCertificate", message);
