import { PricingClient } from "@aws-sdk/client-pricing";
import { describe, expect, it, onTestFinished } from "vitest";
import { listPrices } from "../../shared/offerings/prices.pricing.ts";
import { pricingRegionOf } from "../../shared/offerings/pricing-region.ts";
import { answeringServer, type Reply } from "../support/answering-server.ts";

const { signal } = new AbortController();

type Request = { Filters: { Field: string; Value: string; Type: string }[]; NextToken?: string };

const json = (status: number, body: object): Reply => ({
	status,
	contentType: "application/x-amz-json-1.1",
	body: JSON.stringify(body),
});

/** One entry of the list, a JSON text in JSON. */
const entry = (instanceType: string, ...usd: readonly string[]): string =>
	JSON.stringify({
		product: { sku: "S", attributes: { instanceType, vcpu: "2" } },
		terms: {
			OnDemand: Object.fromEntries(
				usd.map((USD, at) => [
					`S.${at}`,
					{ priceDimensions: { [`S.${at}.D`]: { unit: "Hrs", pricePerUnit: { USD } } } },
				]),
			),
		},
		serviceCode: "AmazonEC2",
	});

/** The adapter over a price list that answers by family, tenancy and page. */
async function prices(answer: (family: string, tenancy: string, token?: string) => Reply) {
	const { endpoint, bodies } = await answeringServer((body) => {
		const { Filters, NextToken }: Request = JSON.parse(body);
		const filterOf = (field: string) => Filters.find(({ Field }) => Field === field)?.Value ?? "";
		return answer(filterOf("productFamily"), filterOf("tenancy"), NextToken);
	});
	const client = new PricingClient({
		endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "test", secretAccessKey: "test" },
		maxAttempts: 1,
	});
	onTestFinished(() => client.destroy());
	return { of: listPrices(client), asked: () => bodies.map((body): Request => JSON.parse(body)) };
}

const list = (...PriceList: readonly string[]) => json(200, { FormatVersion: "aws_v1", PriceList });

describe("listPrices", () => {
	it("asks for plain Linux by the hour, and reads all pages", async () => {
		const { of, asked } = await prices((family, tenancy, token) => {
			if (family !== "Compute Instance" || tenancy !== "Shared") return list();
			return token === undefined
				? json(200, { PriceList: [entry("m5.large", "0.0960000000")], NextToken: "two" })
				: list(entry("t3.nano", "0.0052000000"));
		});
		expect(await of.onDemand("eu-west-1", signal)).toEqual(
			new Map([
				["m5.large", 0.096],
				["t3.nano", 0.0052],
			]),
		);
		const [first] = asked();
		expect(
			Object.fromEntries(first?.Filters.map(({ Field, Value }) => [Field, Value]) ?? []),
		).toEqual({
			regionCode: "eu-west-1",
			operatingSystem: "Linux",
			preInstalledSw: "NA",
			capacitystatus: "Used",
			marketoption: "OnDemand",
			tenancy: "Shared",
			productFamily: "Compute Instance",
		});
	});

	it("skips what costs nothing and what has no price on demand", async () => {
		const reserved = JSON.stringify({
			product: { attributes: { instanceType: "p9.large" } },
			terms: { Reserved: {} },
		});
		const { of } = await prices((family) =>
			family === "Compute Instance" ? list(entry("u.large", "0.0000000000"), reserved) : list(),
		);
		expect(await of.onDemand("us-east-1", signal)).toEqual(new Map());
	});

	it("takes the lowest of several prices", async () => {
		const { of } = await prices((family) =>
			family === "Compute Instance"
				? list(entry("m5.large", "0.12", "0.0000"), entry("m5.large", "0.1"))
				: list(),
		);
		expect(await of.onDemand("us-east-1", signal)).toEqual(new Map([["m5.large", 0.1]]));
	});

	it("believes a shared price of bare metal before a dedicated one", async () => {
		const { of } = await prices((family, tenancy) => {
			if (family === "Compute Instance") return list();
			return tenancy === "Shared"
				? list(entry("m5.metal", "4.608"))
				: list(entry("m5.metal", "5.069"), entry("c5.metal", "4.08"));
		});
		expect(await of.onDemand("us-east-1", signal)).toEqual(
			new Map([
				["m5.metal", 4.608],
				["c5.metal", 4.08],
			]),
		);
	});

	it.each([
		[400, "AccessDeniedException", { kind: "operator", reason: "MarketRefused" }],
		[400, "ThrottlingException", { kind: "unavailable", reason: "MarketUnavailable" }],
		[500, "InternalErrorException", { kind: "unavailable", reason: "MarketUnavailable" }],
		[400, "InvalidParameterException", { name: "InvalidParameterException" }],
	])("takes %i %s for what it is", async (status, code, expected) => {
		const { of } = await prices(() => json(status, { __type: code, message: "because" }));
		await expect(of.onDemand("us-east-1", signal)).rejects.toMatchObject(expected);
	});

	it.each([
		["isn't JSON", "{"],
		["has another form", JSON.stringify({ product: {} })],
	])("says so when a product %s", async (_, text) => {
		const { of } = await prices(() => list(text));
		await expect(of.onDemand("us-east-1", signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "PriceListUnreadable",
		});
	});
});

describe("pricingRegionOf", () => {
	it.each([
		["us-east-1", "us-east-1"],
		["us-west-2", "us-east-1"],
		["ca-central-1", "us-east-1"],
		["sa-east-1", "us-east-1"],
		["us-gov-west-1", "us-east-1"],
		["eu-west-1", "eu-central-1"],
		["af-south-1", "eu-central-1"],
		["me-central-1", "ap-south-1"],
		["ap-southeast-2", "ap-south-1"],
		["cn-north-1", "cn-northwest-1"],
		["eusc-de-east-1", "eusc-de-east-1"],
	])("asks about %s in %s", (region, expected) => {
		expect(pricingRegionOf(region)).toBe(expected);
	});
});
