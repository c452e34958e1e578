import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import type { Catalogue } from "../../shared/offerings/catalogue.ts";
import { portOf } from "./port-of.ts";
import { type Product, priceListEntry, productsOf } from "./pricing-products.ts";

/**
 * AWS's Price List API, as far as we call it: GetProducts for EC2, behind its own wire (AWS JSON 1.1).
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
export type PricingServer = Readonly<{
	/** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL_PRICING`. */
	endpoint: string;
	close(): Promise<void>;
}>;

/** An answer that isn't 200. */
class Refusal extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

const requestCharacters = 65_536;
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
	const server = createServer((request, response) => {
		void answer(products, request, response);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		endpoint: `http://127.0.0.1:${portOf(server)}`,
		async close() {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

async function answer(
	products: readonly Product[],
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const { status, body } = await outcome(products, request);
	response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
	response.end(JSON.stringify(body));
}

async function outcome(
	products: readonly Product[],
	request: IncomingMessage,
): Promise<{ status: number; body: object }> {
	try {
		const target = String(request.headers["x-amz-target"]);
		if (target !== "AWSPriceListService.GetProducts") {
			throw new Refusal("UnknownOperationException", `${target} isn't simulated`);
		}
		const input = GetProducts.parse(JSON.parse(await bodyOf(request)));
		return { status: 200, body: found(products, input) };
	} catch (error) {
		return { status: 400, body: refusal(error) };
	}
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

function refusal(error: unknown): object {
	if (error instanceof Refusal) return { __type: error.code, message: error.message };
	const members =
		error instanceof z.ZodError
			? error.issues.map(({ path }) => path.join(".")).join(", ")
			: "the body";
	return { __type: "InvalidParameterException", message: `Invalid value at ${members}` };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = "";
	request.setEncoding("utf8");
	for await (const chunk of request) {
		body += String(chunk);
		if (body.length > requestCharacters)
			throw new Refusal("InvalidParameterException", "too large");
	}
	return body;
}
