/** Composition root of images: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { imagesEnv } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { ssmImageParameters } from "../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../shared/images/resolve.ts";
import { telemetry } from "../telemetry.ts";
import { imagesHandler } from "./handler.ts";

const env = imagesEnv(process.env);
const { log, metrics, now } = telemetry("images", env);
const { config } = await loadProvider(env.PROVIDER_FILE, checkCloudInit, {
	region: env.AWS_REGION,
});

export const handler = imagesHandler({
	images: resolvingImages(ec2Images(new EC2Client({})), ssmImageParameters(new SSMClient({}))),
	imageCache: dynamodbImageCache(new DynamoDBClient({}), env.IMAGES_TABLE),
	config,
	now,
	log,
	metrics,
});
