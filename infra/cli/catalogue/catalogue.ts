import { existsSync } from "node:fs";
import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import { type Fault, invalid } from "../../../shared/errors.ts";
import type { CatalogueInForce } from "../../../shared/offerings/catalogue-source.ts";
import type { Architecture } from "../../../shared/offerings/model.ts";
import { mibOf, milliOf, quantityAt } from "../../../shared/pods/quantity.ts";
import { laptopAws } from "../../local/laptop-aws.ts";
import { catalogueAt } from "../explain/market.ts";
import { providerAt } from "../place/package-files.ts";
import { type Place, type PlaceOptions, placeOf } from "../place/place.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { durationText } from "../screen/text-layout.ts";
import { type CatalogueShown, catalogueLines } from "./catalogue-view.ts";
import {
	offeredType,
	sortedTypes,
	type TypeFilter,
	type TypeSortKey,
	typesThat,
} from "./offered-type.ts";

export type CatalogueOptions = PlaceOptions &
	Readonly<{
		architecture?: keyof typeof architectures;
		minCpu?: string;
		minMemory?: string;
		gpu?: boolean;
		spot?: boolean;
		sort: TypeSortKey;
		limit: string;
		provider: string;
		output: OutputFormat;
	}>;

/** Kubernetes' names and EC2's. */
export const architectures = {
	amd64: "x86_64",
	x86_64: "x86_64",
	arm64: "arm64",
} as const satisfies Record<string, Architecture>;

/**
 * Prints what EC2 sells, as launch knows it: the running stack's or the named deployment's catalogue; otherwise the one
 * that ships in the package.
 *
 * @throws ProvisionerError `invalid` with every wrong option.
 */
export async function catalogueCommand(
	names: readonly string[],
	options: CatalogueOptions,
): Promise<void> {
	const { filter, limit } = filterFrom(names, options);
	const place = placeOf(options);
	const now = new Date();
	const region = options.region ?? (await regionOf(providerAt(options.provider, place)));
	const inForce = await withProgress(
		"reading the catalogue",
		async () => await catalogueAt(place, region, () => now),
	);
	const { catalogue } = inForce;
	const matching = sortedTypes(typesThat(catalogue.types.map(offeredType), filter), options.sort);
	const shown: CatalogueShown = {
		region,
		...originsOf(inForce, place),
		matching: matching.length,
		known: catalogue.types.length,
		types: limit === 0 ? matching : matching.slice(0, limit),
	};
	print(options.output, shown, () => catalogueLines(shown));
}

function filterFrom(
	names: readonly string[],
	{ architecture, minCpu, minMemory, gpu, spot, limit }: CatalogueOptions,
): Readonly<{ filter: TypeFilter; limit: number }> {
	const faults: Fault[] = [];
	if (!/^\d{1,5}$/.test(limit))
		faults.push({ path: "--limit", value: limit, problem: "must be a whole number; 0 is all" });
	const filter = {
		names,
		...(architecture === undefined ? {} : { architecture: architectures[architecture] }),
		...(minCpu === undefined
			? {}
			: { minCpuMillis: milliOf(quantityAt("--min-cpu", minCpu, faults) ?? 0n) }),
		...(minMemory === undefined
			? {}
			: { minMemoryMib: mibOf(quantityAt("--min-memory", minMemory, faults) ?? 0n) }),
		...(gpu === undefined ? {} : { gpu }),
		...(spot === undefined ? {} : { spot }),
	};
	if (faults.length > 0) throw invalid("InvalidOption", faults);
	return { filter, limit: Number(limit) };
}

/** As the command line, provider.yaml, the environment have it, in this order. */
async function regionOf(providerFile: string): Promise<string> {
	if (existsSync(providerFile))
		return (await loadProvider(providerFile, checkCloudInit)).config.aws.region;
	return process.env["AWS_REGION"] ?? laptopAws.region;
}

function originsOf(
	{ catalogue, origin, ageSeconds, failure }: CatalogueInForce,
	{ kind, deployment }: Place,
): Pick<CatalogueShown, "from" | "onDemandFrom" | "spotFrom"> {
	const owner = kind === "stack" ? "the running stack's" : `${deployment}'s`;
	const why = failure instanceof Error ? ` (${failure.message})` : "";
	const packaged =
		failure === undefined ? "packaged" : `packaged, because ${owner} can't be read${why}`;
	const known = catalogue.types.some(({ spotMicroUsd }) => spotMicroUsd !== undefined);
	return {
		from: `${origin === "stored" ? owner : packaged}, ${durationText(ageSeconds * 1_000)} old${
			catalogue.approximate ? `; approximate for ${catalogue.region}: another region's` : ""
		}`,
		onDemandFrom: `${catalogue.date}: ${catalogue.source}`,
		spotFrom: known
			? `the cheapest zone's, gathered with the catalogue at ${catalogue.date}`
			: "prices are unknown here: the function market of a deployment gathers them every hour",
	};
}
