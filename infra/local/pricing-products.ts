import { createHash } from "node:crypto";
import type { InstanceType } from "../../shared/offerings/catalogue.ts";

/** One way to pay for an hour of an instance type, as the Price List API lists it. */
export type Product = Readonly<{
	sku: string;
	productFamily: string;
	attributes: Readonly<Record<string, string>>;
	hourlyUsd: number;
}>;

type Variant = Readonly<{
	operatingSystem: string;
	preInstalledSw: string;
	capacitystatus: string;
	tenancy: string;
	/** Times the price of Linux on shared hardware. */
	factor: number;
}>;

const plain: Variant = {
	operatingSystem: "Linux",
	preInstalledSw: "NA",
	capacitystatus: "Used",
	tenancy: "Shared",
	factor: 1,
};

/**
 * Every type is listed many times, and a caller that leaves out a filter gets the wrong price. One of each
 * kind of trap; on a host that was paid for, an instance costs nothing.
 */
const variants: readonly Variant[] = [
	plain,
	{ ...plain, operatingSystem: "Windows", factor: 1.8 },
	{ ...plain, preInstalledSw: "SQL Std", factor: 3 },
	{ ...plain, capacitystatus: "UnusedCapacityReservation" },
	{ ...plain, tenancy: "Host", factor: 0 },
];

/** What the Price List API knows about a region's instance types. */
export const productsOf = (
	region: string,
	types: readonly Pick<InstanceType, "name" | "hypervisor" | "onDemandMicroUsd">[],
): readonly Product[] =>
	types.flatMap(({ name, hypervisor, onDemandMicroUsd }) =>
		variants.map((variant) => {
			const bareMetal = hypervisor === null;
			// Whoever has a whole machine shares it with nobody.
			const own = bareMetal && variant.tenancy === "Shared" ? "Dedicated" : variant.tenancy;
			const { factor, ...attributes } = { ...variant, tenancy: own };
			return {
				sku: skuOf(`${region} ${name} ${JSON.stringify(variant)}`),
				productFamily: bareMetal ? "Compute Instance (bare metal)" : "Compute Instance",
				attributes: {
					servicecode: "AmazonEC2",
					locationType: "AWS Region",
					regionCode: region,
					instanceType: name,
					marketoption: "OnDemand",
					operation: "RunInstances",
					...attributes,
				},
				hourlyUsd: (onDemandMicroUsd / 1e6) * factor,
			};
		}),
	);

const skuOf = (text: string): string =>
	BigInt(`0x${createHash("sha256").update(text).digest("hex")}`)
		.toString(36)
		.toUpperCase()
		.slice(0, 16);

/** AWS's codes for "on demand" and for its only rate. */
const onDemandTerm = "JRTCKXETXF";
const hourlyRate = "6YS6EN2CT7";

/** A product as one entry of a PriceList: JSON within JSON. */
export function priceListEntry({ sku, productFamily, attributes, hourlyUsd }: Product): string {
	const term = `${sku}.${onDemandTerm}`;
	const rate = `${term}.${hourlyRate}`;
	const priceDimension = {
		unit: "Hrs",
		endRange: "Inf",
		description: `$${hourlyUsd} per ${attributes["tenancy"]} ${attributes["operatingSystem"]} ${attributes["instanceType"]} Instance Hour`,
		appliesTo: [],
		rateCode: rate,
		beginRange: "0",
		pricePerUnit: { USD: hourlyUsd.toFixed(10) },
	};
	return JSON.stringify({
		product: { productFamily, attributes, sku },
		serviceCode: "AmazonEC2",
		terms: {
			OnDemand: {
				[term]: {
					priceDimensions: { [rate]: priceDimension },
					sku,
					effectiveDate: "2026-07-01T00:00:00Z",
					offerTermCode: onDemandTerm,
					termAttributes: {},
				},
			},
		},
		version: "20260720000000",
		publicationDate: "2026-07-20T00:00:00Z",
	});
}
