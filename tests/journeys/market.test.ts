import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { type LocalFunction, localFunction } from "../../infra/local/lambda/function-process.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { catalogueSource } from "../../shared/offerings/catalogue-source.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import { type SimulatedAws, startSimulatedAws } from "../support/simulated-aws.ts";

const table = "offerings";
const entry = new URL("../../functions/market/index.ts", import.meta.url).pathname;
const packaged = packagedCatalogue("us-east-1");

describe("the function market", () => {
	let aws: SimulatedAws;
	let dynamodb: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	beforeAll(async () => {
		aws = await startSimulatedAws();
		dynamodb = await startDynamodb([{ name: table, key: "key", streamed: false }], () => {});
		client = new DynamoDBClient({ ...laptopAws, endpoint: dynamodb.endpoint, maxAttempts: 1 });
	});
	afterAll(async () => {
		client.destroy();
		await dynamodb.close();
		await aws.close();
	});

	/** The function as it is deployed, once, and its lines. */
	async function invoked(over: Readonly<Record<string, string>> = {}) {
		const lines: Record<string, unknown>[] = [];
		const env = {
			...aws.env,
			AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
			OFFERINGS_TABLE: table,
			CONTROLLER_ID: "test",
			AWS_MAX_ATTEMPTS: "1",
			...over,
		};
		const market: LocalFunction = localFunction(
			{ name: "market", entry, env, timeoutSeconds: 60 },
			(line) => void lines.push(JSON.parse(line)),
		);
		try {
			const outcome = await market.invoke({ source: "test" }).then(
				() => "done",
				() => "failed",
			);
			return { outcome, lines };
		} finally {
			await market.stop();
		}
	}
	const source = () =>
		catalogueSource(dynamodbCatalogue(client, table), "us-east-1", () => new Date());

	it("gives launches what EC2 sells now, with a spot price in every zone", async () => {
		const { outcome, lines } = await invoked();
		expect(outcome).toBe("done");
		const { catalogue, origin, ageSeconds } = await source()();
		expect({ origin, approximate: catalogue.approximate }).toEqual({
			origin: "stored",
			approximate: false,
		});
		expect(ageSeconds).toBeLessThan(60);
		expect(catalogue.types.map(({ spotMicroUsd: _, ...type }) => type)).toEqual(packaged.types);
		for (const { name, spot, zoneIds, spotMicroUsd } of catalogue.types) {
			const priced = Object.keys(spotMicroUsd ?? {});
			expect(priced.sort(), name).toEqual(spot ? [...(zoneIds ?? [])].sort() : []);
		}
		expect(lines).toContainEqual(
			expect.objectContaining({ CatalogueTypes: packaged.types.length }),
		);
		const age = lines.find((line) => "CatalogueAgeSeconds" in line)?.["CatalogueAgeSeconds"];
		expect(age).toBeLessThan(60);
	});

	it("fails when the price list can't be read, and launches go on with what there was", async () => {
		const { catalogue: before } = await source()();
		const { outcome, lines } = await invoked({ AWS_ENDPOINT_URL_PRICING: aws.ec2 });
		expect(outcome).toBe("failed");
		expect((await source()()).catalogue.date).toBe(before.date);
		expect(lines).toContainEqual(
			expect.objectContaining({ level: "error", message: "invocation failed" }),
		);
		expect(lines).toContainEqual(
			expect.objectContaining({ CatalogueTypes: packaged.types.length }),
		);
	});
});
