import type { InstanceType } from "./catalogue.ts";
import { holdsDevices } from "./devices.ts";
import { globMatcher } from "./glob.ts";
import { expressionOf, placeMatches } from "./labels.ts";
import type { CapacityType, LabelRequirement, Requirements, SelectionRule } from "./model.ts";
import type { Lane, OfferingIndex } from "./offering-index.ts";
import { has, inAll, inAny, type TypeSet, typeSet } from "./type-set.ts";

/** A rule that looks at the type alone, and the types that it lets through. */
type TypeRule = Readonly<{ rule: SelectionRule; passes: TypeSet }>;

/** One alternative of the pod's labels. */
type Term = Readonly<{
	types: TypeSet;
	/** Zones, as bits, for each capacity type. */
	zones: Readonly<Record<CapacityType, number>>;
}>;

/** A pod's requirements in the index's own terms. */
export type Query = Readonly<{
	/** What a machine must have; 0 where the pod names its type, which is then taken at its word. */
	cpuMillis: number;
	memoryMib: number;
	/** What the pod will use, which a burstable's surcharge is for. */
	usedCpuMillis: number;
	lanes: readonly Lane[];
	/** In the order in which they are told. */
	typeRules: readonly TypeRule[];
	/** Empty: no constraint. */
	terms: readonly Term[];
	/** Those that pass the type rules and at least one term. */
	types: TypeSet;
}>;

/** @throws ProvisionerError `invalid` for a label that nobody knows. */
export function queryOf(requirements: Requirements, index: OfferingIndex): Query {
	const { cpuMillis, memoryMib, labelTerms } = requirements;
	const exact = isExact(requirements);
	const typeRules = typeRulesOf(requirements, index);
	const terms = labelTerms.map((term) => termOf(term, index));
	const [term, ...otherTerms] = terms.map(({ types }) => types);
	const [passed, ...alsoPassed] = typeRules.map(({ passes }) => passes);
	return {
		cpuMillis: exact ? 0 : cpuMillis,
		memoryMib: exact ? 0 : memoryMib,
		usedCpuMillis: cpuMillis,
		lanes: lanesOf(requirements, index),
		typeRules,
		terms,
		types: inAll([
			passed ?? index.bootable,
			...alsoPassed,
			...(term === undefined ? [] : [inAny([term, ...otherTerms])]),
		]),
	};
}

/** Whether the pod names its type: that is taken at its word, as Kip does, though not without its devices. */
export const isExact = ({ instanceType }: Requirements): boolean =>
	instanceType !== undefined && !instanceType.includes("*");

/** The zones, as bits, in which the pod's labels allow this type to be bought this way. */
export function allowedZones(
	{ terms }: Query,
	position: number,
	capacityType: CapacityType,
): number {
	if (terms.length === 0) return -1;
	return terms.reduce(
		(zones, term) => (has(term.types, position) ? zones | term.zones[capacityType] : zones),
		0,
	);
}

const lanesOf = ({ capacityType }: Requirements, { lanes, settings }: OfferingIndex): Lane[] =>
	capacityType === "spot" && settings.spot.fallback === "on-demand"
		? [lanes["on-demand"], lanes.spot]
		: [lanes[capacityType]];

function typeRulesOf(requirements: Requirements, index: OfferingIndex): TypeRule[] {
	const { instanceType, accelerators } = requirements;
	const { settings } = index;
	const exact = isExact(requirements);
	const rules: TypeRule[] = [{ rule: "architecture", passes: index.bootable }];
	if (instanceType !== undefined) {
		rules.push({ rule: "instance-type", passes: named(instanceType, index) });
	}
	if (accelerators.length > 0) {
		rules.push({ rule: "accelerators", passes: withDevices(requirements, index) });
	} else if (!exact && !settings.acceleratedForAnyPod) {
		rules.push({ rule: "accelerated-machine", passes: index.unaccelerated });
	}
	if (!exact && settings.burstable === "excluded") {
		rules.push({ rule: "burstable", passes: index.unburstable });
	}
	return rules;
}

/** Types stand by name, so those that can match a pattern stand together, from its first letters on. */
function named(pattern: string, { catalogue: { types } }: OfferingIndex): TypeSet {
	const [prefix = ""] = pattern.split("*", 1);
	const matches = globMatcher(pattern);
	const positions: number[] = [];
	for (let at = firstFrom(prefix, types); types[at]?.name.startsWith(prefix) === true; at++) {
		if (matches(types[at]?.name ?? "")) positions.push(at);
	}
	return typeSet(types.length, positions);
}

/** Position of the first type whose name isn't before the text. */
function firstFrom(text: string, types: readonly InstanceType[]): number {
	let low = 0;
	let high = types.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((types[middle]?.name ?? "") < text) low = middle + 1;
		else high = middle;
	}
	return low;
}

function withDevices(requirements: Requirements, { catalogue, accelerated }: OfferingIndex) {
	const slicesCount = isExact(requirements);
	const positions = accelerated.filter((position) =>
		requirements.accelerators.every((asked) =>
			holdsDevices(catalogue.types[position]?.device, asked, slicesCount),
		),
	);
	return typeSet(catalogue.types.length, positions);
}

function termOf(term: readonly LabelRequirement[], index: OfferingIndex): Term {
	const expressions = term.map(expressionOf);
	const about = expressions.filter((expression) => expression.about === "type");
	const places = expressions.filter((expression) => expression.about === "place");
	const zonesFor = (capacityType: CapacityType): number =>
		index.zones.reduce(
			(bits, zone, at) =>
				places.every((expression) => placeMatches(expression, { zone, capacityType }))
					? bits | (1 << at)
					: bits,
			0,
		);
	return {
		types: inAll([index.all, ...about.map(index.labelled)]),
		zones: { "on-demand": zonesFor("on-demand"), spot: zonesFor("spot") },
	};
}
