import { clipped, cpuText, hourlyText, memoryText } from "./amounts.ts";
import { isOf, modelLabel } from "./devices.ts";
import { type Judged, type RuleSet, rulesIn } from "./judge.ts";
import { labelsText } from "./labels-text.ts";
import type { Requirements, SelectionRule } from "./model.ts";
import type { OfferingIndex } from "./offering-index.ts";
import { isExact } from "./query.ts";

/** What was asked of whom. */
export type Asked = Readonly<{ requirements: Requirements; index: OfferingIndex }>;

/** `set-aside` isn't a miss: it ends by itself. */
type Missed = Exclude<SelectionRule, "set-aside">;
const isMissed = (rule: SelectionRule): rule is Missed => rule !== "set-aside";

/** Why one offering isn't taken, in a few words for each rule that it breaks. */
export const missText = (miss: Judged, asked: Asked): string =>
	rulesIn(miss.broken)
		.filter(isMissed)
		.map((rule) => verdicts[rule](miss, asked))
		.join("; ");

/** What stands in a pod's way: the group are the offerings that break these rules and no other. */
export const obstacles = (rules: RuleSet, group: readonly Judged[], asked: Asked): string =>
	rulesIn(rules)
		.filter(isMissed)
		.map((rule) => sentences[rule](group, asked))
		.join(", and ");

const verdicts = {
	architecture: ({ type }) => `no boot image for ${type.architecture}`,
	zone: () => "no subnet in this zone",
	"capacity-type": (_, { requirements }) => `not ${requirements.capacityType}`,
	"instance-type": (_, { requirements }) => `isn't ${pattern(requirements)}`,
	labels: () => "labels don't match",
	accelerators: ({ type }) => (type.device ? `has ${devicesText(type)}` : "has no such device"),
	"accelerated-machine": ({ type }) => `has ${devicesText(type)}, kept for pods that ask for it`,
	burstable: () => "burstable, which the operator excludes",
	cpu: ({ type }, { requirements }) =>
		`${cpuText(type.vcpus * 1_000)} of ${cpuText(requirements.cpuMillis)}`,
	memory: ({ memoryMib }, { requirements }) =>
		`${memoryText(memoryMib)} of ${memoryText(requirements.memoryMib)} of memory`,
	"spot-price": () => "dearer than spot may be",
} as const satisfies Record<Missed, (miss: Judged, asked: Asked) => string>;

const sentences = {
	architecture: (group) =>
		`it fits ${cheapest(group)}, but no boot image is configured for ${cheapestOf(group).type.architecture}`,
	zone: (group, { index }) =>
		index.zones.length === 0
			? "no subnet can take a cell"
			: `what fits is sold only where no subnet is configured: ${listed(group.map(({ zoneId }) => zoneId))}`,
	"capacity-type": (group, { requirements }) =>
		`nothing that fits is sold as ${requirements.capacityType}; ${cheapest(group)} is, as ${cheapestOf(group).capacityType}`,
	"instance-type": (group, { requirements, index: { catalogue } }) =>
		`it names ${pattern(requirements)}, which ${isExact(requirements) ? `isn't sold in ${catalogue.region} (catalogue of ${catalogue.date})` : "matches no type that fits"}; ${cheapest(group)} would do otherwise`,
	labels: (group, { requirements, index: { zones } }) =>
		`nothing that fits has the labels ${clipped(labelsText(requirements.labelTerms), 400)} in the configured zones (${zones.map(({ zone }) => zone).join(", ")}); without them it fits ${cheapest(group)}`,
	accelerators: (group, { requirements, index }) =>
		`asks for ${acceleratorsText(requirements)}; ${onOffer(group, requirements, index)}`,
	"accelerated-machine": (group) =>
		`it fits only machines with GPUs or accelerators such as ${cheapest(group)}, which are kept for pods that ask for some`,
	burstable: (group) =>
		`it fits only burstable types such as ${cheapest(group)}, which the operator excludes`,
	cpu: (group, { requirements }) => {
		const { type } = largest(group, (miss) => miss.type.vcpus);
		return `asks for ${cpuText(requirements.cpuMillis)}; the largest on offer that meets the rest is ${type.name} with ${type.vcpus} vCPU`;
	},
	memory: (group, { requirements, index: { settings } }) => {
		const { type, memoryMib } = largest(group, (miss) => miss.memoryMib);
		return `asks for ${memoryText(requirements.memoryMib)} of memory; the largest on offer that meets the rest is ${type.name} with ${memoryText(memoryMib)} for the pod (${memoryText(type.memoryMib)} less ${settings.vmMemoryOverheadPercent} % for the machine and ${settings.agentMemoryMib} MiB for the agent)`;
	},
	"spot-price": (group, { index: { settings } }) =>
		`spot may cost at most ${settings.spot.maxHourlyUsd} USD/h, and the cheapest that fits is ${cheapest(group)}`,
} as const satisfies Record<Missed, (group: readonly Judged[], asked: Asked) => string>;

const pattern = ({ instanceType }: Requirements): string => clipped(instanceType ?? "", 80);

export const acceleratorsText = ({ accelerators }: Requirements): string =>
	accelerators
		.map(({ resource, count, models }) =>
			clipped(`${count} ${resource}${models.length > 0 ? ` (${models.join(" or ")})` : ""}`, 100),
		)
		.join(" and ");

/** What machines have of a resource that none has enough of. */
function onOffer(
	group: readonly Judged[],
	requirements: Requirements,
	index: OfferingIndex,
): string {
	const { accelerators } = requirements;
	const devices = group.flatMap(({ type }) => (type.device ? [type.device] : []));
	const ofResource = devices.filter((device) =>
		accelerators.some(({ resource }) => isOf(device, { resource, models: [] })),
	);
	const ofModel = devices.filter((device) => accelerators.some((asked) => isOf(device, asked)));
	if (ofResource.length === 0) {
		if (isExact(requirements)) return `${pattern(requirements)}, which it names, has none`;
		return `no type that meets the rest has any for ${index.settings.architectures.join(" or ")}`;
	}
	if (ofModel.length === 0) return `the models on offer are ${listed(ofResource.map(modelLabel))}`;
	const most = Math.max(...ofModel.map(({ count }) => count));
	return most === 0
		? `there are only slices of ${listed(ofModel.map(modelLabel))}; name the instance type to get one`
		: `the most on offer in one machine that meets the rest is ${most} (${largest(group, ({ type }) => (type.device && ofModel.includes(type.device) ? type.device.count : 0)).type.name})`;
}

const devicesText = ({ device }: Judged["type"]): string => {
	if (device === undefined) return "no device";
	const { count, slices, manufacturer, name } = device;
	return count > 0
		? `${count} ${manufacturer} ${name}`
		: `${slices} slice of a ${manufacturer} ${name}`;
};

const cheapestOf = (group: readonly Judged[]): Judged =>
	group.reduce((best, miss) =>
		miss.microUsd < best.microUsd ||
		(miss.microUsd === best.microUsd && miss.type.name < best.type.name)
			? miss
			: best,
	);

const cheapest = (group: readonly Judged[]): string => {
	const { type, microUsd } = cheapestOf(group);
	return `${type.name} at ${hourlyText(microUsd)}`;
};

const largest = (group: readonly Judged[], figure: (miss: Judged) => number): Judged =>
	group.reduce((best, miss) =>
		figure(miss) > figure(best) || (figure(miss) === figure(best) && miss.microUsd < best.microUsd)
			? miss
			: best,
	);

const listed = (words: readonly string[]): string =>
	clipped([...new Set(words)].sort().join(", "), 200);
