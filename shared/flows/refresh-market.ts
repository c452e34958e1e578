import { ProvisionerError } from "../errors.ts";
import { packagedCatalogue, regionCatalogue } from "../offerings/catalogue.ts";
import { ageSeconds } from "../offerings/catalogue-source.ts";
import type { CatalogueStore, Market, Prices } from "../offerings/market.ts";
import type { Snapshot } from "../offerings/snapshot.ts";
import { snapshotOf } from "../offerings/snapshot-of.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What refreshing the catalogue touches. */
export type MarketPorts = Readonly<{
	market: Market;
	prices: Prices;
	catalogues: CatalogueStore;
	region: string;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/** What launches choose from, as far as the metrics tell of it. */
type Measured = Readonly<{ date: string; types: number }>;

/** The smallest region sells several times as many: fewer is a broken answer. */
const fewestTypes = 50;

/**
 * Asks AWS what the region sells and keeps the answer for every launch.
 *
 * All or nothing: where any part can't be had, or what comes isn't plausible, the old catalogue stays, and
 * its age is measured all the same.
 *
 * @throws ProvisionerError or what an API threw: the invocation shall fail with it.
 */
export async function refreshMarket(ports: MarketPorts, signal: AbortSignal): Promise<void> {
	let inForce: Measured = packagedIn(ports.region);
	try {
		const standing = await standingIn(ports, signal);
		inForce = standing ?? inForce;
		const snapshot = await gathered(ports, signal);
		checkPlausible(snapshot, standing);
		await ports.catalogues.put(snapshot, signal);
		inForce = measured(snapshot);
		ports.log.info("catalogue refreshed", {
			types: inForce.types,
			spotPrices: spotPricesIn(snapshot),
		});
	} finally {
		ports.metrics.add("CatalogueAgeSeconds", ageSeconds(inForce, ports.now()), {});
		ports.metrics.add("CatalogueTypes", inForce.types, {});
	}
}

const measured = ({ date, columns }: Snapshot): Measured => ({ date, types: columns.name.length });

/** What launches use before the first refresh. */
const packagedIn = (region: string): Measured => {
	const { date, types } = packagedCatalogue(region);
	return { date, types: types.length };
};

/** What is stored may be broken, and then a refresh is what mends it. */
async function standingIn(
	{ catalogues, log }: MarketPorts,
	signal: AbortSignal,
): Promise<Measured | undefined> {
	try {
		const snapshot = await catalogues.get(signal);
		return snapshot && measured(snapshot);
	} catch (error) {
		if (!(error instanceof ProvisionerError) || error.kind !== "operator") throw error;
		log.warn("stored catalogue can't be read", { error });
		return undefined;
	}
}

/** Everything anew; the date is when the asking began. */
async function gathered(
	{ market, prices, region, now, log }: MarketPorts,
	signal: AbortSignal,
): Promise<Snapshot> {
	const date = now().toISOString();
	const [types, zones, spotPrices, hourlyUsd] = await Promise.all([
		market.types(signal),
		market.zones(signal),
		market.spotPrices(signal),
		prices.onDemand(region, signal),
	]);
	const { snapshot, unrated } = snapshotOf(
		{ types, zones, spotPrices, hourlyUsd },
		{ region, date, source: `AWS's own answers for ${region}` },
	);
	if (unrated.length > 0) log.warn("burstable types of unknown baseline left out", { unrated });
	return snapshot;
}

/** @throws ProvisionerError `operator` for a catalogue that nobody should launch from. */
function checkPlausible(snapshot: Snapshot, standing: Measured | undefined): void {
	const { types } = measured(snapshot);
	const least = Math.max(fewestTypes, Math.ceil((standing?.types ?? 0) / 2));
	if (types < least)
		throw new ProvisionerError(
			"operator",
			"CatalogueImplausible",
			`AWS's answers make a catalogue of ${types} instance types for ${snapshot.region}, and ${standing?.types ?? "none"} are stored; fewer than ${least} are taken for a fault, and the old catalogue stays. If the region really sells so few now, delete item catalogue of the offerings table`,
		);
	// Whatever launch would find wrong is found here, before it is stored.
	regionCatalogue(snapshot, snapshot.region);
}

const spotPricesIn = ({ spotMicroUsd = {} }: Snapshot): number =>
	Object.values(spotMicroUsd)
		.flat()
		.filter((microUsd) => microUsd > 0).length;
