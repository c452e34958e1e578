/**
 * What a pod asks for as a whole, by Kubernetes' rules.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/2837-pod-level-resource-spec
 */
import type { Fault } from "../errors.ts";
import {
	aggregate,
	type Figure,
	figureOf,
	type Member,
	type Members,
	type Total,
} from "./aggregate.ts";
import { faultAt } from "./faults.ts";
import type { Container, PodSpec, Sizing } from "./model.ts";
import { gibOf, mibOf, milliOf, wholeOf } from "./quantity.ts";
import {
	acceleratorResources,
	amountsAt,
	amountText,
	type ReadResources,
	type ResourceName,
	resourcesAt,
} from "./resources.ts";

/** What a pod's cell must have for it. */
type EffectiveRequest = Readonly<{
	cpuMillis: number;
	memoryMib: number;
	/** Ephemeral storage; 0: none asked for. */
	storageGib: number;
	accelerators: readonly Readonly<{
		resource: (typeof acceleratorResources)[number];
		count: number;
	}>[];
	/** One sentence for each figure that isn't 0. */
	origins: readonly string[];
}>;

/**
 * The pod's effective request: what its containers need at the worst moment of its life, or what
 * the pod says for itself as a whole, plus its overhead.
 *
 * @param sizing whether limits count where there are any (as Kip does it), or requests.
 * @param faults is added to.
 */
export function effectiveRequest(spec: PodSpec, sizing: Sizing, faults: Fault[]): EffectiveRequest {
	const members: Members = {
		containers: membersAt("spec.containers", spec.containers, faults),
		inits: membersAt("spec.initContainers", spec.initContainers ?? [], faults),
	};
	const pod = resourcesAt("spec.resources", spec.resources, faults);
	faults.push(...podLevelFaults(pod, members));
	const overhead = amountsAt("spec.overhead", spec.overhead, faults);

	const origins: string[] = [];
	const total = (name: ResourceName): bigint => {
		const own = podLevel(name, pod, members, sizing) ?? aggregate(name, members, sizing);
		const extra = overhead.get(name) ?? 0n;
		const nanos = (own?.nanos ?? 0n) + extra;
		if (nanos > 0n) origins.push(sentence(name, nanos, own?.origin, extra));
		return nanos;
	};
	return {
		cpuMillis: milliOf(total("cpu")),
		memoryMib: mibOf(total("memory")),
		storageGib: gibOf(total("ephemeral-storage")),
		accelerators: acceleratorResources
			.map((resource) => ({ resource, count: wholeOf(total(resource)) }))
			.filter(({ count }) => count > 0),
		origins,
	};
}

const membersAt = (path: string, containers: readonly Container[], faults: Fault[]): Member[] =>
	containers.map(({ name, resources, restartPolicy }, index) => ({
		name,
		isSidecar: restartPolicy === "Always",
		resources: resourcesAt(`${path}[${index}].resources`, resources, faults),
	}));

/**
 * The figure of `spec.resources`. A request that it leaves out is what the containers ask for
 * and, if they ask for nothing, the pod's limit.
 *
 * @returns undefined when the containers' figures count.
 */
function podLevel(
	name: ResourceName,
	pod: ReadResources,
	members: Members,
	sizing: Sizing,
): Total | undefined {
	const figure = figureOf(pod, name, sizing);
	if (figure === undefined) return undefined;
	const total: Total = { nanos: figure.nanos, origin: `${figure.field} of the whole pod` };
	const containers = aggregate(name, members, sizing);
	if (containers === undefined || figure.field === sizing) return total;
	// The pod says one thing and we size by the other, for which the containers have figures.
	if (sizing === "requests") return containers;
	return containers.nanos > total.nanos ? containers : total;
}

/** What Kubernetes itself refuses: a whole that is smaller than its parts. */
function podLevelFaults(pod: ReadResources, members: Members): Fault[] {
	const faults: Fault[] = [];
	const check = (name: ResourceName, field: Figure["field"], least: bigint, whose: string) => {
		const nanos = pod[field].get(name);
		if (nanos === undefined || nanos >= least) return;
		const problem = `must be at least ${amountText(name, least)}, ${whose}`;
		faults.push(faultAt(`spec.resources.${field}.${name}`, problem, amountText(name, nanos)));
	};
	for (const name of new Set([...pod.requests.keys(), ...pod.limits.keys()])) {
		if (name !== "cpu" && name !== "memory") {
			const problem = "only cpu and memory can be set for the whole pod; set it on a container";
			faults.push(faultAt("spec.resources", problem, name));
			continue;
		}
		const requests = aggregate(name, members, "requests")?.nanos ?? 0n;
		check(name, "requests", requests, "what the containers request together");
		check(name, "limits", requests, "what the containers request together");
		check(name, "limits", largestLimit(name, members), "the largest limit of a container");
	}
	return faults;
}

function largestLimit(name: ResourceName, { containers, inits }: Members): bigint {
	let largest = 0n;
	for (const { resources } of [...containers, ...inits]) {
		const limit = resources.limits.get(name) ?? 0n;
		if (limit > largest) largest = limit;
	}
	return largest;
}

/** `cpu 1500m: limits of 2 containers, plus overhead 250m`. */
function sentence(
	name: ResourceName,
	nanos: bigint,
	origin: string | undefined,
	overhead: bigint,
): string {
	const parts = origin === undefined ? [] : [origin];
	if (overhead > 0n) parts.push(`plus overhead ${amountText(name, overhead)}`);
	return `${name} ${amountText(name, nanos)}: ${parts.join(", ")}`;
}
