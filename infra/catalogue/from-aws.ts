/**
 * Makes the catalogue of a region from AWS's own answers, in the format of the packaged one:
 * `npm run catalogue -- --region eu-west-1 [--out file]`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { EC2Client } from "@aws-sdk/client-ec2";
import { PricingClient } from "@aws-sdk/client-pricing";
import { regionCatalogue } from "../../shared/offerings/catalogue.ts";
import { ec2Market } from "../../shared/offerings/market.ec2.ts";
import { listPrices } from "../../shared/offerings/prices.pricing.ts";
import { pricingRegionOf } from "../../shared/offerings/pricing-region.ts";
import type { Snapshot } from "../../shared/offerings/snapshot.ts";
import { snapshotOf } from "../../shared/offerings/snapshot-of.ts";

const help = `Usage: npm run catalogue -- --region <region> [--out <file>]

Asks AWS which instance types a region sells, in which zones, and what they cost on demand, and writes the
catalogue in the format of the package: to the file, or to standard output. Prices of spot are left out: they
are old before anybody installs the file; the function market keeps them.

  --region <region>  such as eu-west-1
  --out <file>       shared/offerings/catalogue.json replaces the packaged one, which is us-east-1's
  --help             this text

Credentials come from where the AWS CLI finds them. They need ec2:DescribeInstanceTypes,
ec2:DescribeInstanceTypeOfferings and pricing:GetProducts. AWS_ENDPOINT_URL_EC2 and
AWS_ENDPOINT_URL_PRICING lead to other servers.
`;

const timeoutMs = 300_000;

async function regionSnapshot(region: string): Promise<Snapshot> {
	const signal = AbortSignal.timeout(timeoutMs);
	const now = new Date();
	const market = ec2Market(new EC2Client({ region }), () => now);
	const prices = listPrices(new PricingClient({ region: pricingRegionOf(region) }));
	const [types, zones, hourlyUsd] = await Promise.all([
		market.types(signal),
		market.zones(signal),
		prices.onDemand(region, signal),
	]);
	const date = now.toISOString().slice(0, 10);
	const source = `AWS's own answers for ${region}: DescribeInstanceTypes, DescribeInstanceTypeOfferings and Price List API (${date}); burstable baselines and surcharges from AWS's documentation`;
	const { snapshot, unrated } = snapshotOf({ types, zones, hourlyUsd }, { region, date, source });
	if (unrated.length > 0)
		process.stderr.write(
			`left out, since shared/offerings/burstable-rates.ts doesn't know them: ${unrated.join(", ")}\n`,
		);
	if (snapshot.columns.name.length === 0)
		throw new Error(`AWS's answers hold no instance type that ${region} sells and prices in USD`);
	regionCatalogue(snapshot, region);
	return snapshot;
}

/** One line per column: a refresh shows in a diff which figures have moved. */
function rendered({ columns, ...rest }: Snapshot): string {
	const lines = (entries: Record<string, unknown>): string =>
		Object.entries(entries)
			.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
			.join(",\n");
	return `{${lines(rest)},\n"columns":{\n${lines(columns)}}}\n`;
}

const { values } = parseArgs({
	options: {
		region: { type: "string" },
		out: { type: "string" },
		help: { type: "boolean", default: false },
	},
});
if (values.help || values.region === undefined) {
	process.stdout.write(help);
	process.exitCode = values.help ? 0 : 2;
} else {
	const text = rendered(await regionSnapshot(values.region));
	if (values.out === undefined) process.stdout.write(text);
	else writeFileSync(values.out, text);
}
