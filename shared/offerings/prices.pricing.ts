import {
	type PricingClient,
	PricingServiceException,
	paginateGetProducts,
} from "@aws-sdk/client-pricing";
import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import type { Prices } from "./market.ts";
import { marketFailure } from "./market-failure.ts";

const permission = "pricing:GetProducts";
const perPage = 100;

/**
 * Which products are one plain machine, in the order in which they are believed. Bare metal is listed as
 * dedicated, and in places as shared too, at the price that a shared host's customer pays.
 */
const kinds: readonly (readonly [productFamily: string, tenancy: string])[] = [
	["Compute Instance", "Shared"],
	["Compute Instance (bare metal)", "Shared"],
	["Compute Instance (bare metal)", "Dedicated"],
];

/** One entry of the price list, as far as we read it. Prices are decimal numbers as text. */
const Product = z.object({
	product: z.object({ attributes: z.object({ instanceType: z.string() }) }),
	terms: z.object({
		OnDemand: z
			.record(
				z.string(),
				z.object({
					priceDimensions: z.record(
						z.string(),
						z.object({ pricePerUnit: z.object({ USD: z.string().optional() }) }),
					),
				}),
			)
			.optional(),
	}),
});
type Product = z.infer<typeof Product>;

/**
 * AWS's price list by GetProducts: Linux, without licenses, paid by the hour.
 *
 * @throws ProvisionerError `operator` `MarketRefused` or `PriceListUnreadable` where a human must act,
 *   `unavailable` `MarketUnavailable` where asking again may help; anything else as it came.
 */
export const listPrices = (client: PricingClient): Prices => ({
	async onDemand(region, signal) {
		try {
			const lists: ReadonlyMap<string, number>[] = [];
			for (const [productFamily, tenancy] of kinds) {
				lists.push(await pricesOf(client, filtersFor(region, productFamily, tenancy), signal));
			}
			// What is set last stands.
			return new Map(lists.toReversed().flatMap((prices) => [...prices]));
		} catch (error) {
			throw error instanceof PricingServiceException ? marketFailure(error, permission) : error;
		}
	},
});

const filtersFor = (region: string, productFamily: string, tenancy: string) =>
	Object.entries({
		regionCode: region,
		operatingSystem: "Linux",
		preInstalledSw: "NA",
		capacitystatus: "Used",
		marketoption: "OnDemand",
		tenancy,
		productFamily,
	}).map(([Field, Value]) => ({ Type: "TERM_MATCH" as const, Field, Value }));

/** The lowest price of each type that isn't 0: what costs nothing is paid for elsewhere. */
async function pricesOf(
	client: PricingClient,
	Filters: ReturnType<typeof filtersFor>,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
	const paging = { client, pageSize: perPage, stopOnSameToken: true };
	const input = { ServiceCode: "AmazonEC2", FormatVersion: "aws_v1", Filters };
	const prices = new Map<string, number>();
	for await (const page of paginateGetProducts(paging, input, { abortSignal: signal })) {
		for (const entry of page.PriceList ?? []) {
			const product = productOf(String(entry));
			const name = product.product.attributes.instanceType;
			const usd = Math.min(lowestUsd(product), prices.get(name) ?? Number.POSITIVE_INFINITY);
			if (Number.isFinite(usd)) prices.set(name, usd);
		}
	}
	return prices;
}

/** Infinity where it has no price. */
const lowestUsd = ({ terms }: Product): number =>
	Math.min(
		...Object.values(terms.OnDemand ?? {})
			.flatMap(({ priceDimensions }) => Object.values(priceDimensions))
			.map(({ pricePerUnit }) => Number(pricePerUnit.USD))
			.filter((usd) => usd > 0),
	);

function productOf(entry: string): Product {
	const parsed = Product.safeParse(jsonOf(entry));
	if (parsed.success) return parsed.data;
	throw new ProvisionerError(
		"operator",
		"PriceListUnreadable",
		`the price list has a product in a form that isn't known (${z.prettifyError(parsed.error)}; it begins: ${entry.slice(0, 120)}); a newer version may read it`,
		{ cause: parsed.error },
	);
}

/** undefined, which is no product, where the text isn't JSON. */
function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
