/**
 * Which machines a pod may run on: its node selector and its required node affinity.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
import type { Fault } from "../errors.ts";
import { CapacityType, isKnownLabel, type LabelRequirement } from "../offerings/model.ts";
import { faultAt, memberPath, shortened } from "./faults.ts";
import type { NodeSelectorTerm, PodSpec } from "./model.ts";

/** What a pod's node selection comes to. */
type NodeSelection = Readonly<{
	/** Terms are alternatives; the node selector is part of each. */
	labelTerms: LabelRequirement[][];
	/** Capacity types that at least one term allows. */
	capacityTypes: readonly CapacityType[];
	/** By Kip's node selector keys, in lower case; absent: any. */
	gpuModel?: string;
}>;

/** Label values in all terms: what a cell's record has room for. A real pod has a few dozen. */
const maxValues = 1000;

/** Kubernetes' own limit for a label's value. */
const maxValueLength = 63;

/** Kip's keys: the model is the value or, where that is empty, the rest of the key. */
const gpuKeyPrefixes = ["node.elotl.co/gpu-", "cloud.google.com/gke-accelerator"];

/** How pods are sent to a virtual node such as Kip's in the first place: true of every cell. */
const virtualNodeLabels: ReadonlyMap<string, string> = new Map([
	["type", "virtual-kubelet"],
	["kubernetes.io/role", "agent"],
]);

const osLabels: ReadonlySet<string> = new Set(["kubernetes.io/os", "beta.kubernetes.io/os"]);
const capacityTypeLabel = "karpenter.sh/capacity-type";

/** @param faults is added to. */
export function nodeSelectionOf(spec: PodSpec, faults: Fault[]): NodeSelection {
	const selector = Object.entries(spec.nodeSelector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
	const gpuModel = gpuModelOf(selector, faults);
	const base = selector
		.filter(([key, value]) => !isGpuKey(key) && virtualNodeLabels.get(key) !== value)
		.map(([key, value]): LabelRequirement => ({ key, operator: "In", values: [value] }));
	for (const requirement of base) {
		faults.push(
			...requirementFaults(requirement, memberPath("spec.nodeSelector", requirement.key)),
		);
	}
	const labelTerms = allTerms(spec, base, faults);
	return {
		labelTerms,
		capacityTypes: CapacityType.options.filter(
			(type) => labelTerms.length === 0 || labelTerms.some((term) => allows(term, type)),
		),
		...(gpuModel === undefined ? {} : { gpuModel }),
	};
}

const isGpuKey = (key: string): boolean => gpuKeyPrefixes.some((prefix) => key.startsWith(prefix));

function gpuModelOf(
	selector: readonly (readonly [string, string])[],
	faults: Fault[],
): string | undefined {
	const models = new Set<string>();
	for (const [key, value] of selector) {
		const prefix = gpuKeyPrefixes.find((known) => key.startsWith(known));
		if (prefix === undefined) continue;
		const model = (value || key.slice(prefix.length).replace(/^-/, "")).toLowerCase();
		if (model !== "") models.add(shortened(model));
	}
	const [model, ...others] = models;
	if (others.length > 0) {
		const problem = "names several GPU models, and no machine has them all; keep one";
		faults.push(faultAt("spec.nodeSelector", problem, [...models].join(", ")));
	}
	return model;
}

/** The alternatives of the affinity, each with the node selector's requirements in front. */
function allTerms(
	spec: PodSpec,
	base: readonly LabelRequirement[],
	faults: Fault[],
): LabelRequirement[][] {
	const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	if (required === undefined || required === null) return base.length === 0 ? [] : [[...base]];
	const path =
		"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
	const terms = required.nodeSelectorTerms
		.map((term, index) => termOf(term, `${path}[${index}]`, faults))
		// Kubernetes: an empty term matches nothing, so it is no alternative.
		.filter((term) => term.length > 0)
		.map((term) => [...base, ...term]);
	if (terms.length === 0) {
		faults.push(faultAt(path, "matches no node at all; give a term an expression, or remove it"));
	}
	const values = terms.flat().reduce((sum, requirement) => sum + 1 + requirement.values.length, 0);
	if (values <= maxValues) return terms;
	const problem = `must hold at most ${maxValues} expressions and values, with the node selector in each`;
	faults.push(faultAt(path, problem, String(values)));
	return [];
}

function termOf(term: NodeSelectorTerm, path: string, faults: Fault[]): LabelRequirement[] {
	if ((term.matchFields ?? []).length > 0) {
		const problem = "a cell isn't chosen by a node's fields; use matchExpressions over its labels";
		faults.push(faultAt(`${path}.matchFields`, problem));
	}
	return (term.matchExpressions ?? []).map(({ key, operator, values }, index) => {
		const requirement: LabelRequirement = { key, operator, values: [...(values ?? [])] };
		faults.push(...requirementFaults(requirement, `${path}.matchExpressions[${index}]`));
		return requirement;
	});
}

function requirementFaults(requirement: LabelRequirement, path: string): Fault[] {
	const { key, operator, values } = requirement;
	const faults: Fault[] = [];
	const shown = `${key} ${operator} ${values.join(",")}`.trimEnd();
	if (!isKnownLabel(key)) {
		const problem = `no cell has the label ${shortened(key)}; known are Kubernetes' own (arch, os, zone, region, instance-type) and Karpenter's (capacity-type, instance-*)`;
		faults.push(faultAt(path, problem, shown));
	}
	const problem = valuesProblem(requirement);
	if (problem !== undefined) faults.push(faultAt(path, problem, shown));
	if (osLabels.has(key) && problem === undefined && !accepts(requirement, "linux")) {
		faults.push(faultAt(path, "must allow linux: a cell runs nothing else", shown));
	}
	return faults;
}

/** Kubernetes' own rules for how many values an operator takes, and which. */
function valuesProblem({ operator, values }: LabelRequirement): string | undefined {
	if (values.some((value) => value.length > maxValueLength)) {
		return `a label's value has at most ${maxValueLength} characters`;
	}
	switch (operator) {
		case "In":
		case "NotIn":
			return values.length > 0 ? undefined : `${operator} needs at least one value`;
		case "Exists":
		case "DoesNotExist":
			return values.length === 0 ? undefined : `${operator} takes no values`;
		case "Gt":
		case "Lt":
			return values.length === 1 && /^-?\d+$/.test(values[0] ?? "")
				? undefined
				: `${operator} needs exactly one whole number`;
	}
}

const allows = (term: readonly LabelRequirement[], capacityType: CapacityType): boolean =>
	term.every((requirement) =>
		requirement.key === capacityTypeLabel ? accepts(requirement, capacityType) : true,
	);

/** Whether a label with this value, which isn't a number, satisfies the requirement. */
function accepts({ operator, values }: LabelRequirement, value: string): boolean {
	switch (operator) {
		case "In":
			return values.includes(value);
		case "NotIn":
			return !values.includes(value);
		case "Exists":
			return true;
		case "DoesNotExist":
		case "Gt":
		case "Lt":
			return false;
	}
}
