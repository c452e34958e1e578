import * as z from "zod";
import { type Fault, ProvisionerError } from "../errors.ts";
import { cellRequestOf } from "./cell-request.ts";
import { type Pod, PodMetadata, PodSpec, Sizing } from "./model.ts";

/** What keeps a pod from any cell, whichever of its figures a deployment sizes it by. */
export function podFaults(pod: Pod): readonly Fault[] {
	const [first = [], ...others] = Sizing.options.map((sizing) => faultsBy(pod, sizing));
	return first.filter((fault) => others.every((faults) => faults.some(isSame(fault))));
}

const isSame =
	({ path, problem }: Fault) =>
	(other: Fault): boolean =>
		other.path === path && other.problem === problem;

function faultsBy(pod: Pod, sizing: Sizing): readonly Fault[] {
	try {
		cellRequestOf(pod, sizing);
		return [];
	} catch (error) {
		if (error instanceof ProvisionerError) return error.faults;
		throw error;
	}
}

/** Of a pod, the halves that can be judged without each other. */
const Halves = z.object({
	metadata: PodMetadata.pick({ annotations: true }).catch({}),
	spec: PodSpec.catch({ containers: [] }),
});

/**
 * The same of what isn't quite a pod: what its sound half asks for in vain. Its author should learn of all faults at
 * once, not of a wrong quantity when the wrong name is mended.
 */
export function salvagedPodFaults(value: unknown): readonly Fault[] {
	const { success, data } = Halves.safeParse(value);
	if (!success) return [];
	// The annotations alone: what else is there hasn't been looked at.
	const { annotations } = data.metadata;
	const metadata = { uid: "", namespace: "", name: "", annotations };
	return podFaults({ metadata, spec: data.spec });
}
