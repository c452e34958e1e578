import { burstableRates } from "./burstable-rates.ts";
import type { DescribedType, SpotPrice } from "./market.ts";
import { Architecture } from "./model.ts";
import type { Snapshot } from "./snapshot.ts";

/** What AWS answered about one region. */
export type MarketAnswers = Readonly<{
	types: readonly DescribedType[];
	/** Ids of the zones that sell a type, by its name. */
	zones: ReadonlyMap<string, readonly string[]>;
	/** USD per hour on demand, by type. */
	hourlyUsd: ReadonlyMap<string, number>;
	/** Absent: nobody asked, and the snapshot has none. */
	spotPrices?: readonly SpotPrice[];
}>;

/** A cell's interface carries the agent's address and the pod's. */
const addressesPerCell = 2;

/**
 * The snapshot of a region: what is sold, priced, boots, and has two addresses. Equal answers in any order
 * give the equal snapshot.
 *
 * @returns with it the burstable types that are left out because their rates aren't known.
 */
export function snapshotOf(
	answers: MarketAnswers,
	about: Pick<Snapshot, "region" | "date" | "source">,
): { snapshot: Snapshot; unrated: readonly string[] } {
	const offered = answers.types.filter((type) => canBeACell(type) && isSold(type, answers));
	const isUnrated = ({ name, burstable }: DescribedType) =>
		burstable && burstableRates(name) === undefined;
	const sold = offered
		.filter((type) => !isUnrated(type))
		.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	const zonesOf = ({ name }: DescribedType) =>
		[...new Set(answers.zones.get(name))].sort().join(" ");
	const zoneSets = [...new Set(sold.map(zonesOf))].sort();
	const zoneIds = [...new Set(zoneSets.flatMap((set) => set.split(" ")))].sort();
	const { spotPrices } = answers;
	const { source, date, region } = about;
	const snapshot = {
		source,
		date,
		region,
		zoneSets: zoneSets.map((set) => set.split(" ")),
		...(spotPrices && { spotMicroUsd: spotColumns(sold, zoneIds, spotPrices) }),
		burstable: Object.fromEntries(
			sold.flatMap(({ name, burstable }) => {
				const rates = burstable ? burstableRates(name) : undefined;
				return rates === undefined ? [] : [[name, rates]];
			}),
		),
		devices: Object.fromEntries(
			sold.flatMap(({ name, device }) => (device === undefined ? [] : [[name, device]])),
		),
		columns: {
			name: sold.map(({ name }) => name),
			architecture: sold.map(architectureOf),
			vcpus: sold.map(({ vcpus }) => vcpus),
			memoryMib: sold.map(({ memoryMib }) => memoryMib),
			hourlyUsd: sold.map(({ name }) => answers.hourlyUsd.get(name) ?? 0),
			zoneSet: sold.map((type) => zoneSets.indexOf(zonesOf(type))),
			spot: sold.map(({ spot }) => spot),
			hypervisor: sold.map(({ hypervisor }) => hypervisor),
			networkInterfaces: sold.map(({ networkInterfaces }) => networkInterfaces),
			ipv4PerInterface: sold.map(({ ipv4PerInterface }) => ipv4PerInterface),
			networkBaselineMbps: sold.map(({ networkBaselineMbps }) => networkBaselineMbps),
			networkPeakMbps: sold.map(({ networkPeakMbps }) => networkPeakMbps),
			localStorageGb: sold.map(({ localStorageGb }) => localStorageGb),
			localStorage: sold.map(({ localStorage }) => localStorage),
		},
	};
	const unrated = offered.filter(isUnrated).map(({ name }) => name);
	return { snapshot, unrated: unrated.sort() };
}

/** Of an architecture that boots, with the addresses that a cell takes; no t1, as in Kip. */
const canBeACell = ({ name, architectures, ipv4PerInterface }: DescribedType): boolean =>
	architectures.some((word) => Architecture.safeParse(word).success) &&
	ipv4PerInterface >= addressesPerCell &&
	!name.startsWith("t1.");

const isSold = ({ name }: DescribedType, { hourlyUsd, zones }: MarketAnswers): boolean =>
	(hourlyUsd.get(name) ?? 0) > 0 && (zones.get(name) ?? []).length > 0;

const architectureOf = ({ architectures }: DescribedType): Architecture =>
	architectures.includes("arm64") ? "arm64" : "x86_64";

/** A column for each zone that any type is sold in; 0 where a price isn't known. */
function spotColumns(
	sold: readonly DescribedType[],
	zoneIds: readonly string[],
	prices: readonly SpotPrice[],
): Snapshot["spotMicroUsd"] {
	const known = new Map(
		prices.map(({ instanceType, zoneId, microUsd }) => [`${instanceType} ${zoneId}`, microUsd]),
	);
	return Object.fromEntries(
		zoneIds.map((zoneId) => [
			zoneId,
			sold.map(({ name, spot }) => (spot ? (known.get(`${name} ${zoneId}`) ?? 0) : 0)),
		]),
	);
}
