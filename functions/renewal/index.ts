/** Composition root of renewal: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { renewalEnv } from "../../shared/config/env.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { telemetry } from "../telemetry.ts";
import { renewalHandler } from "./handler.ts";

const env = renewalEnv(process.env);
const { log, metrics, now } = telemetry("renewal", env);
const vault = ssmVault(new SSMClient({}), env.AUTHORITY_PREFIX);

export const handler = renewalHandler({
	issuer: forgeIssuer(await vault.authority(AbortSignal.timeout(5_000))),
	clientCredentials: dynamodbClientCredentials(new DynamoDBClient({}), env.CREDENTIALS_TABLE),
	now,
	log,
	metrics,
});
