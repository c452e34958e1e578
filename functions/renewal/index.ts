/** Composition root of renewal: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { renewalEnv } from "../../shared/config/env.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { telemetry } from "../telemetry.ts";
import { renewalHandler } from "./handler.ts";

const env = renewalEnv(process.env);
const { log, metrics, now } = telemetry("renewal", env);
const vault = ssmVault(new SSMClient({}), env.AUTHORITY_PREFIX);

export const handler = renewalHandler({
	// Runs seldom, and must not miss an authority: it asks each time.
	issuers: forgeIssuers(vault, 0, now),
	clientCredentials: dynamodbClientCredentials(new DynamoDBClient({}), env.CREDENTIALS_TABLE),
	now,
	log,
	metrics,
});
