/** The choice once more, as one would write it on one page: the reference that the index must equal. */
import type { Catalogue, InstanceType } from "../../shared/offerings/catalogue.ts";
import type {
	CapacityType,
	LabelRequirement,
	Requirements,
	Subnet,
} from "../../shared/offerings/model.ts";
import type { SelectionSettings } from "../../shared/offerings/settings.ts";

export type NaiveOffering = Readonly<{
	type: InstanceType;
	memoryMib: number;
	zone: Pick<Subnet, "zoneId" | "zone">;
	capacityType: CapacityType;
	region: string;
}>;

export type Priced = Readonly<{ offering: NaiveOffering; microUsd: number }>;

/** Every offering of the configured zones. */
export const naiveOfferings = (
	{ types, region }: Catalogue,
	settings: SelectionSettings,
): NaiveOffering[] =>
	types.flatMap((type) =>
		settings.zones
			.filter(({ zoneId }) => type.zoneIds === undefined || type.zoneIds.includes(zoneId))
			.flatMap((zone) =>
				(["on-demand", "spot"] as const)
					.filter((capacityType) => capacityType === "on-demand" || type.spot)
					.map((capacityType) => ({
						type,
						memoryMib: naiveMemoryMib(type.memoryMib, settings),
						zone,
						capacityType,
						region,
					})),
			),
	);

/** All that fits, cheapest first; the order of zones at one price is left open (by id). */
export function naiveRanking(
	pod: Requirements,
	offerings: readonly NaiveOffering[],
	settings: SelectionSettings,
): Priced[] {
	const asked = withDefaultType(pod, offerings, settings);
	return offerings
		.filter(naiveFits(asked, settings))
		.map((offering) => ({ offering, microUsd: naivePrice(asked, offering) }))
		.sort(comparePriced);
}

/** The first of the ranking, in one pass: whether it fits is asked only of what is cheaper than the best so far. */
export function naiveCheapest(
	pod: Requirements,
	offerings: readonly NaiveOffering[],
	settings: SelectionSettings,
): Priced | undefined {
	const asked = withDefaultType(pod, offerings, settings);
	const fits = naiveFits(asked, settings);
	let best: Priced | undefined;
	for (const offering of offerings) {
		const microUsd = naivePrice(asked, offering);
		if (best !== undefined && microUsd > best.microUsd) continue;
		if (best !== undefined && comparePriced({ offering, microUsd }, best) > 0) continue;
		if (fits(offering)) best = { offering, microUsd };
	}
	return best;
}

/** A pod that asks for nothing gets the default type, unless that isn't to be had. */
function withDefaultType(
	pod: Requirements,
	offerings: readonly NaiveOffering[],
	settings: SelectionSettings,
): Requirements {
	const asksForSomething =
		pod.cpuMillis > 0 ||
		pod.memoryMib > 0 ||
		pod.accelerators.length > 0 ||
		pod.instanceType !== undefined;
	if (asksForSomething) return pod;
	const ofDefaultType = { ...pod, instanceType: settings.defaultInstanceType };
	return offerings.some(naiveFits(ofDefaultType, settings)) ? ofDefaultType : pod;
}

const comparePriced = (a: Priced, b: Priced): number =>
	a.microUsd - b.microUsd ||
	compareText(a.offering.type.name, b.offering.type.name) ||
	compareText(a.offering.capacityType, b.offering.capacityType) ||
	compareText(a.offering.zone.zoneId, b.offering.zone.zoneId);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function naivePrice(pod: Requirements, { type, zone, capacityType }: NaiveOffering): number {
	const spot = type.spotMicroUsd?.[zone.zoneId] ?? Math.ceil(type.onDemandMicroUsd / 2);
	const list = capacityType === "spot" ? spot : type.onDemandMicroUsd;
	if (type.burstable === undefined) return list;
	const above = Math.min(pod.cpuMillis, type.vcpus * 1_000) - type.burstable.baselineMillis;
	return list + Math.max(0, above) * type.burstable.surchargeMicroUsd;
}

function naiveFits(
	pod: Requirements,
	settings: SelectionSettings,
): (offering: NaiveOffering) => boolean {
	const { instanceType, accelerators, labelTerms } = pod;
	const exact = instanceType !== undefined && !instanceType.includes("*");
	const glob = exact || instanceType === undefined ? undefined : naiveGlob(instanceType);
	return (offering) =>
		(exact ? offering.type.name === instanceType : naiveHolds(pod, offering, settings)) &&
		settings.architectures.includes(offering.type.architecture) &&
		naiveMarket(pod, offering, settings) &&
		(glob === undefined || glob.test(offering.type.name)) &&
		accelerators.every((asked) => naiveDevices(offering.type, asked, exact)) &&
		(labelTerms.length === 0 ||
			labelTerms.some((term) => term.every((expression) => naiveLabel(expression, offering))));
}

function naiveMarket(
	pod: Requirements,
	offering: NaiveOffering,
	{ spot }: SelectionSettings,
): boolean {
	if (offering.capacityType === "on-demand") {
		return pod.capacityType === "on-demand" || spot.fallback === "on-demand";
	}
	return (
		pod.capacityType === "spot" &&
		(spot.maxHourlyUsd === undefined ||
			naivePrice(pod, offering) <= Math.round(spot.maxHourlyUsd * 1e6))
	);
}

function naiveHolds(
	pod: Requirements,
	{ type, memoryMib }: NaiveOffering,
	settings: SelectionSettings,
): boolean {
	if (type.vcpus * 1_000 < pod.cpuMillis || memoryMib < pod.memoryMib) return false;
	if (settings.burstable === "excluded" && type.burstable !== undefined) return false;
	return type.device === undefined || pod.accelerators.length > 0 || settings.acceleratedForAnyPod;
}

/** What a pod can have of a machine's memory. */
const naiveMemoryMib = (
	nominalMib: number,
	{ vmMemoryOverheadPercent, agentMemoryMib }: SelectionSettings,
): number =>
	Math.max(
		0,
		nominalMib - Math.ceil((nominalMib * vmMemoryOverheadPercent * 10) / 1e3) - agentMemoryMib,
	);

const naiveGlob = (pattern: string): RegExp =>
	new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);

function naiveDevices(
	{ device }: InstanceType,
	{ resource, count, models }: Requirements["accelerators"][number],
	slices: boolean,
): boolean {
	if (device === undefined) return false;
	const is =
		resource === "aws.amazon.com/neuron"
			? device.kind === "neuron"
			: device.kind === "gpu" &&
				device.manufacturer === (resource === "nvidia.com/gpu" ? "NVIDIA" : "AMD");
	const name = device.name.toLowerCase().replaceAll(" ", "-");
	return (
		is &&
		(models.length === 0 || models.some((model) => model === name || model === `nvidia-${name}`)) &&
		(slices ? device.count + device.slices : device.count) >= count
	);
}

/** Only the labels that the random pods use. */
function naiveLabel({ key, operator, values }: LabelRequirement, offering: NaiveOffering): boolean {
	const value = naiveValue(key, offering);
	const [bound] = values;
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		case "Gt":
			return value !== undefined && bound !== undefined && Number(value) > Number(bound);
		case "Lt":
			return value !== undefined && bound !== undefined && Number(value) < Number(bound);
	}
}

function naiveValue(
	key: string,
	{ type, zone, capacityType, region }: NaiveOffering,
): string | undefined {
	const [family = "", size] = type.name.split(".");
	switch (key) {
		case "kubernetes.io/arch":
			return type.architecture === "x86_64" ? "amd64" : "arm64";
		case "topology.kubernetes.io/zone":
			return zone.zone;
		case "topology.kubernetes.io/region":
			return region;
		case "karpenter.sh/capacity-type":
			return capacityType;
		case "karpenter.k8s.aws/instance-family":
			return family;
		case "karpenter.k8s.aws/instance-size":
			return size;
		case "karpenter.k8s.aws/instance-category":
			return family.match(/^[a-z]+/)?.[0];
		case "karpenter.k8s.aws/instance-generation":
			return family.replace(/-\d+tb/, "").match(/\d+/)?.[0];
		case "karpenter.k8s.aws/instance-cpu":
			return String(type.vcpus);
		case "karpenter.k8s.aws/instance-local-nvme":
			return /^nvme/.test(type.localStorage ?? "") ? String(type.localStorageGb) : undefined;
		default:
			throw new Error(`the reference doesn't know ${key}`);
	}
}
