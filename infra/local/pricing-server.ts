import * as z from "zod";
import type { Catalogue } from "../../shared/offerings/catalogue.ts";
import { type JsonService, Refusal, startJsonService } from "./json-service.ts";
import { type Product, priceListEntry, productsOf } from "./pricing-products.ts";

/**
 * AWS's Price List API, as far as we call it: GetProducts for EC2, behind its own wire (AWS JSON 1.1).
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
export type PricingServer = JsonService;

const mostPerPage = 100;

const GetProducts = z.object({
	ServiceCode: z.string().min(1),
	Filters: z
		.array(
			z.object({
				Type: z.enum(["TERM_MATCH", "EQUALS"]),
				Field: z.string().min(1),
				Value: z.string().min(1),
			}),
		)
		.max(50)
		.default([]),
	FormatVersion: z.literal("aws_v1").optional(),
	MaxResults: z.int().min(1).max(mostPerPage).default(mostPerPage),
	NextToken: z.string().optional(),
});
type GetProducts = z.infer<typeof GetProducts>;

/** Starts a price list with a catalogue's on-demand prices on a free port of the loopback interface. */
export async function startPricing({
	region,
	types,
}: Pick<Catalogue, "region" | "types">): Promise<PricingServer> {
	const products = productsOf(region, types);
	return await startJsonService(
		"AWSPriceListService",
		{ GetProducts: (input) => found(products, GetProducts.parse(input)) },
		"InvalidParameterException",
	);
}

function found(
	products: readonly Product[],
	{ ServiceCode, Filters, MaxResults, NextToken }: GetProducts,
): object {
	if (ServiceCode !== "AmazonEC2") {
		throw new Refusal("NotFoundException", `The service code ${ServiceCode} isn't simulated`);
	}
	const matching = products.filter((product) =>
		Filters.every(({ Field, Value }) => valueAt(product, Field) === Value),
	);
	const from = NextToken === undefined ? 0 : positionAfter(matching, NextToken);
	const shown = matching.slice(from, from + MaxResults);
	const more = from + MaxResults < matching.length;
	return {
		FormatVersion: "aws_v1",
		PriceList: shown.map(priceListEntry),
		...(more ? { NextToken: tokenOf(shown.at(-1)?.sku ?? "") } : {}),
	};
}

function valueAt({ productFamily, sku, attributes }: Product, field: string): string | undefined {
	if (field === "productFamily") return productFamily;
	if (field === "sku") return sku;
	return Object.hasOwn(attributes, field) ? attributes[field] : undefined;
}

/** Names the last product that was shown. */
const tokenOf = (sku: string): string => Buffer.from(`after ${sku}`).toString("base64url");

function positionAfter(products: readonly Product[], token: string): number {
	const position = products.findIndex(({ sku }) => tokenOf(sku) === token);
	if (position < 0)
		throw new Refusal("InvalidNextTokenException", "The pagination token is invalid.");
	return position + 1;
}
