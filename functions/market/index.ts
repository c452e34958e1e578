/** Composition root of market: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { PricingClient } from "@aws-sdk/client-pricing";
import { marketEnv } from "../../shared/config/env.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import { ec2Market } from "../../shared/offerings/market.ec2.ts";
import { listPrices } from "../../shared/offerings/prices.pricing.ts";
import { pricingRegionOf } from "../../shared/offerings/pricing-region.ts";
import { telemetry } from "../telemetry.ts";
import { marketHandler } from "./handler.ts";

const env = marketEnv(process.env);
const { log, metrics, now } = telemetry("market", env);

export const handler = marketHandler({
	market: ec2Market(new EC2Client({}), now),
	prices: listPrices(new PricingClient({ region: pricingRegionOf(env.AWS_REGION) })),
	catalogues: dynamodbCatalogue(new DynamoDBClient({}), env.OFFERINGS_TABLE),
	region: env.AWS_REGION,
	now,
	log,
	metrics,
});
