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
	zone: Pick<Subnet, "zoneId" | "zone">;
	capacityType: CapacityType;
	region: string;
}>;

export type Priced = Readonly<{ offering: NaiveOffering; microUsd: number }>;

/** Every offering of the configured zones. */
export const naiveOfferings = (
	{ types, region }: Catalogue,
	{ zones }: SelectionSettings,
): NaiveOffering[] =>
	types.flatMap((type) =>
		zones
			.filter(({ zoneId }) => type.zoneIds === undefined || type.zoneIds.includes(zoneId))
			.flatMap((zone) =>
				(["on-demand", "spot"] as const)
					.filter((capacityType) => capacityType === "on-demand" || type.spot)
					.map((capacityType) => ({ type, zone, capacityType, region })),
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
		.filter((offering) => naiveFits(asked, offering, settings))
		.map((offering) => ({ offering, microUsd: naivePrice(asked, offering) }))
		.sort(comparePriced);
}

/** The first of the ranking, in one pass. */
export function naiveCheapest(
	pod: Requirements,
	offerings: readonly NaiveOffering[],
	settings: SelectionSettings,
): Priced | undefined {
	const asked = withDefaultType(pod, offerings, settings);
	let best: Priced | undefined;
	for (const offering of offerings) {
		if (!naiveFits(asked, offering, settings)) continue;
		const priced = { offering, microUsd: naivePrice(asked, offering) };
		if (best === undefined || comparePriced(priced, best) < 0) best = priced;
	}
	return best;
}

export const comparePriced = (a: Priced, b: Priced): number =>
	a.microUsd - b.microUsd ||
	compareText(a.offering.type.name, b.offering.type.name) ||
	compareText(a.offering.capacityType, b.offering.capacityType) ||
	compareText(a.offering.zone.zoneId, b.offering.zone.zoneId);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
	const withDefault = { ...pod, instanceType: settings.defaultInstanceType };
	return offerings.some((offering) => naiveFits(withDefault, offering, settings))
		? withDefault
		: pod;
}

export function naivePrice(pod: Requirements, { type, capacityType }: NaiveOffering): number {
	const list =
		capacityType === "spot" ? Math.ceil(type.onDemandMicroUsd / 2) : type.onDemandMicroUsd;
	if (type.burstable === undefined) return list;
	const above = Math.min(pod.cpuMillis, type.vcpus * 1_000) - type.burstable.baselineMillis;
	return list + Math.max(0, above) * type.burstable.surchargeMicroUsd;
}

const naiveFits = (
	pod: Requirements,
	offering: NaiveOffering,
	settings: SelectionSettings,
): boolean =>
	settings.architectures.includes(offering.type.architecture) &&
	naiveMarket(pod, offering, settings) &&
	naiveType(pod, offering.type, settings) &&
	(pod.labelTerms.length === 0 ||
		pod.labelTerms.some((term) => term.every((expression) => naiveLabel(expression, offering))));

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

function naiveType(pod: Requirements, type: InstanceType, settings: SelectionSettings): boolean {
	const exact = pod.instanceType !== undefined && !pod.instanceType.includes("*");
	return (
		(exact ? type.name === pod.instanceType : naiveHolds(pod, type, settings)) &&
		(pod.instanceType === undefined || naiveGlob(pod.instanceType).test(type.name)) &&
		pod.accelerators.every((asked) => naiveDevices(type, asked, exact))
	);
}

function naiveHolds(pod: Requirements, type: InstanceType, settings: SelectionSettings): boolean {
	if (type.vcpus * 1_000 < pod.cpuMillis) return false;
	const kept = Math.ceil((type.memoryMib * settings.vmMemoryOverheadPercent * 10) / 1e3);
	if (Math.max(0, type.memoryMib - kept - settings.agentMemoryMib) < pod.memoryMib) return false;
	if (settings.burstable === "excluded" && type.burstable !== undefined) return false;
	return type.device === undefined || pod.accelerators.length > 0 || settings.acceleratedForAnyPod;
}

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
