import {
	GetProductsCommand,
	type GetProductsCommandInput,
	PricingClient,
	PricingServiceException,
	paginateGetProducts,
} from "@aws-sdk/client-pricing";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { startPricing } from "../../../infra/local/pricing-server.ts";
import { packagedCatalogue } from "../../../shared/offerings/catalogue.ts";

const catalogue = packagedCatalogue("us-east-1");

/** A price list for one test, with the SDK's own client. */
async function pricing(): Promise<PricingClient> {
	const server = await startPricing(catalogue);
	const client = new PricingClient({
		endpoint: server.endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
		maxAttempts: 1,
	});
	onTestFinished(async () => {
		client.destroy();
		await server.close();
	});
	return client;
}

const filters = (fields: Readonly<Record<string, string>>): GetProductsCommandInput => ({
	ServiceCode: "AmazonEC2",
	Filters: Object.entries(fields).map(([Field, Value]) => ({ Type: "TERM_MATCH", Field, Value })),
});

const linuxOnDemand = {
	regionCode: "us-east-1",
	operatingSystem: "Linux",
	preInstalledSw: "NA",
	capacitystatus: "Used",
	marketoption: "OnDemand",
};
const shared = { ...linuxOnDemand, tenancy: "Shared", productFamily: "Compute Instance" };
const metal = {
	...linuxOnDemand,
	tenancy: "Dedicated",
	productFamily: "Compute Instance (bare metal)",
};

/** An entry as a reader of the real API needs it. */
const Entry = z.object({
	serviceCode: z.literal("AmazonEC2"),
	product: z.object({
		sku: z.string().length(16),
		attributes: z.looseObject({ instanceType: z.string() }),
	}),
	terms: z.object({
		OnDemand: z.record(
			z.string(),
			z.object({
				priceDimensions: z.record(
					z.string(),
					z.object({ unit: z.literal("Hrs"), pricePerUnit: z.object({ USD: z.string() }) }),
				),
			}),
		),
	}),
});

async function prices(client: PricingClient, input: GetProductsCommandInput) {
	const found: (readonly [string, string | undefined])[] = [];
	const pages: number[] = [];
	for await (const { PriceList = [] } of paginateGetProducts({ client }, input)) {
		pages.push(PriceList.length);
		for (const text of PriceList) {
			const { product, terms } = Entry.parse(JSON.parse(String(text)));
			const [term] = Object.values(terms.OnDemand);
			const [dimension] = Object.values(term?.priceDimensions ?? {});
			found.push([product.attributes.instanceType, dimension?.pricePerUnit.USD]);
		}
	}
	return { found, pages };
}

describe("the simulated price list", () => {
	it("tells every type's price exactly once, shared and bare metal apart, in pages of a hundred", async () => {
		const client = await pricing();
		const machines = await prices(client, filters(shared));
		const bare = await prices(client, filters(metal));
		expect(machines.pages.slice(0, -1).every((size) => size === 100)).toBe(true);
		const told = [...machines.found, ...bare.found].map(
			([name, usd]) => [name, Math.round(Number(usd) * 1e6)] as const,
		);
		expect(told.toSorted()).toEqual(
			catalogue.types.map(({ name, onDemandMicroUsd }) => [name, onDemandMicroUsd]).toSorted(),
		);
		expect(new Map(machines.found).get("m5.large")).toBe("0.0960000000");
	});

	it.each(Object.keys(shared))("has another price for who forgets %s", async (forgotten) => {
		const client = await pricing();
		const { [forgotten]: _, ...rest }: Record<string, string> = {
			...shared,
			instanceType: "m5.large",
		};
		const { found } = await prices(client, filters(rest));
		const harmless = ["regionCode", "marketoption", "productFamily"].includes(forgotten);
		expect(found.length).toBe(harmless ? 1 : 2);
	});

	it.each<{ when: string; field: Readonly<Record<string, string>> }>([
		{ when: "another region", field: { regionCode: "eu-west-1" } },
		{ when: "a field that no product has", field: { color: "blue" } },
		{ when: "a name of every object", field: { valueOf: "x" } },
	])("finds nothing for $when", async ({ field }) => {
		const client = await pricing();
		expect((await prices(client, filters({ ...shared, ...field }))).found).toEqual([]);
	});

	it.each([
		{ input: { ServiceCode: "AmazonS3" }, name: "NotFoundException" },
		{ input: { ServiceCode: "AmazonEC2", MaxResults: 101 }, name: "InvalidParameterException" },
		{ input: { ServiceCode: "AmazonEC2", NextToken: "x" }, name: "InvalidNextTokenException" },
	])("refuses $input with $name", async ({ input, name }) => {
		const client = await pricing();
		const sent = client.send(new GetProductsCommand(input));
		await expect(sent).rejects.toSatisfy(
			(error) => error instanceof PricingServiceException && error.name === name,
		);
	});
});
