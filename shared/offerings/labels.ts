import { invalid } from "../errors.ts";
import type { Catalogue, InstanceType } from "./catalogue.ts";
import { modelLabel } from "./devices.ts";
import {
	type Architecture,
	type CapacityType,
	KnownLabel,
	type LabelRequirement,
	type Subnet,
} from "./model.ts";
import { inAny, type TypeSet, typeSet } from "./type-set.ts";

/** One offering, as far as labels can tell offerings apart. */
type Labelled = Readonly<{
	region: string;
	type: InstanceType;
	zone: Pick<Subnet, "zoneId" | "zone">;
	capacityType: CapacityType;
}>;

const goArchitectures = { x86_64: "amd64", arm64: "arm64" } as const satisfies Record<
	Architecture,
	string
>;

/** `u7i-12tb.224xlarge`: category u, generation 7, family u7i-12tb; `u-6tb1.56xlarge`: generation 1. */
const namePattern = /^(?<category>[a-z]+)(?:-\d+tb)?(?<generation>\d+)[^.]*\./;

const gpu = ({ device }: InstanceType) => (device?.kind === "gpu" ? device : undefined);
const accelerator = ({ device }: InstanceType) => (device?.kind === "gpu" ? undefined : device);

/** Values that a type has in every zone; undefined: it doesn't carry the label. */
const typeLabels = {
	"kubernetes.io/arch": ({ architecture }) => goArchitectures[architecture],
	"beta.kubernetes.io/arch": ({ architecture }) => goArchitectures[architecture],
	"kubernetes.io/os": () => "linux",
	"beta.kubernetes.io/os": () => "linux",
	"node.kubernetes.io/instance-type": ({ name }) => name,
	"beta.kubernetes.io/instance-type": ({ name }) => name,
	"topology.kubernetes.io/region": (_, region) => region,
	"failure-domain.beta.kubernetes.io/region": (_, region) => region,
	"karpenter.k8s.aws/instance-category": ({ name }) => namePattern.exec(name)?.groups?.["category"],
	"karpenter.k8s.aws/instance-family": ({ name }) => name.slice(0, name.indexOf(".")),
	"karpenter.k8s.aws/instance-generation": ({ name }) =>
		namePattern.exec(name)?.groups?.["generation"],
	"karpenter.k8s.aws/instance-size": ({ name }) => name.slice(name.indexOf(".") + 1),
	"karpenter.k8s.aws/instance-cpu": ({ vcpus }) => String(vcpus),
	"karpenter.k8s.aws/instance-memory": ({ memoryMib }) => String(memoryMib),
	"karpenter.k8s.aws/instance-hypervisor": ({ hypervisor }) => hypervisor ?? undefined,
	"karpenter.k8s.aws/instance-network-bandwidth": ({ networkBaselineMbps }) =>
		networkBaselineMbps > 0 ? String(networkBaselineMbps) : undefined,
	"karpenter.k8s.aws/instance-local-nvme": ({ localStorage, localStorageGb }) =>
		localStorage?.startsWith("nvme-") ? String(localStorageGb) : undefined,
	"karpenter.k8s.aws/instance-gpu-name": (type) => mapped(gpu(type), modelLabel),
	"karpenter.k8s.aws/instance-gpu-manufacturer": (type) => gpu(type)?.manufacturer.toLowerCase(),
	"karpenter.k8s.aws/instance-gpu-count": (type) => mapped(gpu(type), ({ count }) => String(count)),
	"karpenter.k8s.aws/instance-gpu-memory": (type) =>
		mapped(gpu(type), ({ memoryMib }) => String(memoryMib)),
	"karpenter.k8s.aws/instance-accelerator-name": (type) => mapped(accelerator(type), modelLabel),
	"karpenter.k8s.aws/instance-accelerator-manufacturer": (type) =>
		accelerator(type)?.manufacturer.toLowerCase(),
	"karpenter.k8s.aws/instance-accelerator-count": (type) =>
		mapped(accelerator(type), ({ count }) => String(count)),
	"karpenter.k8s.aws/instance-capability-flex": ({ name }) => String(name.includes("-flex.")),
} as const satisfies Partial<
	Record<KnownLabel, (type: InstanceType, region: string) => string | undefined>
>;

/** Values that depend on where and how a type is bought. */
const placeLabels = {
	"topology.kubernetes.io/zone": ({ zone }) => zone.zone,
	"failure-domain.beta.kubernetes.io/zone": ({ zone }) => zone.zone,
	"topology.k8s.aws/zone-id": ({ zone }) => zone.zoneId,
	"karpenter.sh/capacity-type": ({ capacityType }) => capacityType,
} as const satisfies Record<
	Exclude<KnownLabel, keyof typeof typeLabels>,
	(place: Pick<Labelled, "zone" | "capacityType">) => string
>;

const mapped = <From, To>(value: From | undefined, to: (value: From) => To): To | undefined =>
	value === undefined ? undefined : to(value);

const isTypeLabel = (key: KnownLabel): key is keyof typeof typeLabels => key in typeLabels;

/** An expression over a label that types carry, whatever the zone; or over one that zones or markets do. */
export type Expression = Omit<LabelRequirement, "key"> &
	Readonly<
		| { about: "type"; key: keyof typeof typeLabels }
		| { about: "place"; key: keyof typeof placeLabels }
	>;

/** @throws ProvisionerError `invalid` when nobody knows the label. */
export function expressionOf({ key, operator, values }: LabelRequirement): Expression {
	const known = KnownLabel.safeParse(key);
	if (!known.success) {
		const problem = "isn't a label that cells have; remove it or use a well-known one";
		throw invalid("UnknownLabel", [{ path: "node selector or affinity", value: key, problem }]);
	}
	return isTypeLabel(known.data)
		? { about: "type", key: known.data, operator, values }
		: { about: "place", key: known.data, operator, values };
}

/** Whether the expression holds for a zone and a capacity type. */
export const placeMatches = (
	expression: Expression & { about: "place" },
	place: Pick<Labelled, "zone" | "capacityType">,
): boolean => matches(expression, placeLabels[expression.key](place));

/** Finds the types for which an expression holds; a label's values are gathered when it is first asked for. */
export function labelFinder(
	catalogue: Catalogue,
): (expression: Expression & { about: "type" }) => TypeSet {
	const none = typeSet(catalogue.types.length, []);
	const gathered = new Map<string, LabelColumn>();
	return (expression) => {
		const column = gathered.get(expression.key) ?? labelColumn(expression.key, catalogue);
		gathered.set(expression.key, column);
		return inAny([none, ...setsOf(expression, column)]);
	};
}

/** The types that carry each value, and those that don't carry the label. */
type LabelColumn = ReadonlyMap<string | undefined, TypeSet>;

function labelColumn(key: keyof typeof typeLabels, { types, region }: Catalogue): LabelColumn {
	const labelOf: (type: InstanceType, region: string) => string | undefined = typeLabels[key];
	const positions = Map.groupBy(types.keys(), (position) => {
		const type = types[position];
		return type && labelOf(type, region);
	});
	return new Map([...positions].map(([value, at]) => [value, typeSet(types.length, at)]));
}

const setsOf = (
	expression: Pick<LabelRequirement, "operator" | "values">,
	column: LabelColumn,
): TypeSet[] =>
	expression.operator === "In"
		? expression.values.flatMap((value) => column.get(value) ?? [])
		: [...column].filter(([value]) => matches(expression, value)).map(([, types]) => types);

/**
 * Whether a label's value satisfies an operator, by Kubernetes' rules: NotIn holds where the label
 * is absent, Gt and Lt only between integers.
 */
function matches(
	{ operator, values }: Pick<LabelRequirement, "operator" | "values">,
	value: string | undefined,
): boolean {
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
			return integerOf(value) > integerOf(values[0]);
		case "Lt":
			return integerOf(value) < integerOf(values[0]);
	}
}

/** NaN, which compares false with everything, where the text is no integer. */
const integerOf = (text: string | undefined): number =>
	text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
