import type { ProviderConfig } from "../config/provider.ts";
import type { Catalogue } from "../offerings/catalogue.ts";
import { explainChoice } from "../offerings/decision.ts";
import type { Subnet } from "../offerings/model.ts";
import { type OfferingIndex, offeringIndex } from "../offerings/offering-index.ts";
import { onArchitecture } from "../offerings/pod-architecture.ts";
import { selectOffering } from "../offerings/select.ts";
import type { SelectionSettings } from "../offerings/settings.ts";
import type { Chooser } from "./plan-attempt.ts";

/**
 * The choice of offerings under one configuration, from the catalogue in force.
 *
 * Its index depends on the catalogue and on the zones that the subnets leave, and is made again only when
 * these change.
 *
 * @param catalogueInForce the same object until there is another.
 */
export const offeringChooser = (
	config: ProviderConfig,
	catalogueInForce: () => Promise<Catalogue>,
): Chooser => {
	const indexFor = indexesOf(config);
	const architecture = podArchitectureOf(config);
	return async ({ requirements: asked }, subnets, setAside, seed, lastZones) => {
		const index = indexFor(await catalogueInForce(), subnets);
		const requirements = architecture === undefined ? asked : onArchitecture(asked, architecture);
		const offering = selectOffering(requirements, index, setAside, seed, lastZones);
		return {
			offering,
			possible:
				offering !== undefined ||
				selectOffering(requirements, index, () => false, seed) !== undefined,
			decision: explainChoice(requirements, index, setAside, seed, lastZones),
			defaultHourlyUsd: hourlyUsdOf(config.cells.defaultInstanceType, index.catalogue),
		};
	};
};

/** On demand; undefined where the region doesn't sell it. */
const hourlyUsdOf = (instanceType: string, { types }: Catalogue): number | undefined => {
	const type = types.find(({ name }) => name === instanceType);
	return type && type.onDemandMicroUsd / 1e6;
};

/** Remembers the indexes of one catalogue, the latest that was asked for. */
const indexesOf = (config: ProviderConfig) => {
	let indexed: Catalogue | undefined;
	const indexes = new Map<string, OfferingIndex>();
	return (catalogue: Catalogue, subnets: readonly Subnet[]): OfferingIndex => {
		if (catalogue !== indexed) indexes.clear();
		indexed = catalogue;
		const zones = subnets.map(({ zoneId, zone }) => ({ zoneId, zone }));
		const key = JSON.stringify(zones);
		const known = indexes.get(key);
		if (known !== undefined) return known;
		const index = offeringIndex(catalogue, { ...selectionSettings(config), zones });
		indexes.set(key, index);
		return index;
	};
};

/** @returns undefined where any will do, or the one that is meant has no boot image. */
const podArchitectureOf = ({
	cells: { podArchitecture, bootImages },
}: ProviderConfig): "amd64" | "arm64" | undefined =>
	podArchitecture === "any" || bootImages[imageArchitecture[podArchitecture]] === undefined
		? undefined
		: podArchitecture;

/** Kubernetes' names of architectures in EC2's. */
const imageArchitecture = { amd64: "x86_64", arm64: "arm64" } as const;

/** What provider.yaml says about the choice. */
const selectionSettings = ({ cells }: ProviderConfig): Omit<SelectionSettings, "zones"> => ({
	architectures: (["x86_64", "arm64"] as const).filter(
		(architecture) => cells.bootImages[architecture] !== undefined,
	),
	defaultInstanceType: cells.defaultInstanceType,
	vmMemoryOverheadPercent: cells.vmMemoryOverheadPercent,
	agentMemoryMib: cells.agentMemoryMib,
	burstable: cells.burstable === "allow" ? "sustained" : "excluded",
	acceleratedForAnyPod: cells.acceleratorsForPlainPods,
	spot: {
		...(cells.spot.maxHourlyUsd === undefined ? {} : { maxHourlyUsd: cells.spot.maxHourlyUsd }),
		fallback: cells.spot.fallback,
	},
});
