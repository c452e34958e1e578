/** Composition root of found-authority: environment -> adapters -> handler. CloudFormation calls it. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { foundAuthorityEnv } from "../../shared/config/env.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { ssmErasure } from "../../shared/pki/erasure.ssm.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { httpsStackAnswers } from "../../shared/stack/answers.https.ts";
import { telemetry } from "../telemetry.ts";
import { foundAuthorityHandler } from "./handler.ts";

const env = foundAuthorityEnv(process.env);
const { log, metrics, now } = telemetry("found-authority", env);
const ssm = new SSMClient({});
const vault = ssmVault(ssm, env.AUTHORITY_PREFIX);

export const handler = foundAuthorityHandler({
	vault,
	prefix: env.AUTHORITY_PREFIX,
	make: () => newAuthority(now()),
	erase: ssmErasure(ssm, env.AUTHORITY_PREFIX),
	issuers: forgeIssuers(vault, 0, now),
	clientCredentials: dynamodbClientCredentials(new DynamoDBClient({}), env.CREDENTIALS_TABLE),
	answer: httpsStackAnswers(),
	now,
	log,
	metrics,
});
