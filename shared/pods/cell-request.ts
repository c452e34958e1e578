import { type Fault, invalid } from "../errors.ts";
import type { AcceleratorRequirement, CapacityType } from "../offerings/model.ts";
import * as annotated from "./annotations.ts";
import { annotationOf } from "./annotations.ts";
import { faultAt, firstFaults, memberPath } from "./faults.ts";
import type { CellRequest, Pod, Sizing } from "./model.ts";
import { effectiveRequest } from "./requests.ts";
import { nodeSelectionOf } from "./selectors.ts";

/** @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
const maxVolumeGib = 65_536;

/**
 * What the pod wants of its cell.
 *
 * @param sizing which of a container's figures counts, `cells.sizing`.
 * @throws ProvisionerError `invalid` with every fault of the pod.
 */
export function cellRequestOf(pod: Pod, sizing: Sizing): CellRequest {
	const faults: Fault[] = [];
	const { annotations } = pod.metadata;
	const request = effectiveRequest(pod.spec, sizing, faults);
	const { labelTerms, capacityTypes, gpuModel } = nodeSelectionOf(pod.spec, faults);
	const launchType = annotationOf(annotated.launchType, annotations, faults);
	const instanceType = annotationOf(annotated.instanceType, annotations, faults);
	const volumeSizeGib = annotationOf(annotated.volumeSize, annotations, faults) ?? 0;
	const privateAddressOnly = annotationOf(annotated.privateIpOnly, annotations, faults);
	const instanceProfile = annotationOf(annotated.instanceProfile, annotations, faults);
	const healthyTimeoutSeconds = annotationOf(annotated.healthyTimeout, annotations, faults);
	annotationOf(annotated.imageOverlayRootfs, annotations, faults);
	const volumeGib = largerVolume(volumeSizeGib, request.storageGib, faults);
	const cellRequest: CellRequest = {
		requirements: {
			cpuMillis: request.cpuMillis,
			memoryMib: request.memoryMib,
			accelerators: request.accelerators.map((accelerator) => withModel(accelerator, gpuModel)),
			...(instanceType === undefined ? {} : { instanceType }),
			capacityType: capacityTypeOf(launchType, capacityTypes, faults),
			labelTerms,
			origins: [
				...request.origins,
				...notes(launchType, gpuModel, request.accelerators.some(isGpu)),
			],
		},
		...(volumeGib === 0 ? {} : { volumeGib }),
		...(privateAddressOnly === undefined ? {} : { privateAddressOnly }),
		securityGroupIds: annotationOf(annotated.securityGroups, annotations, faults) ?? [],
		...(instanceProfile === undefined ? {} : { instanceProfile }),
		cloudRoutes: annotationOf(annotated.cloudRoute, annotations, faults) ?? [],
		...(healthyTimeoutSeconds === undefined ? {} : { healthyTimeoutSeconds }),
		restartPolicy: pod.spec.restartPolicy ?? "Always",
		...workloadOf(pod),
	};
	if (faults.length > 0) throw invalid("InvalidPod", firstFaults(faults));
	return cellRequest;
}

const workloadOf = ({ metadata }: Pod): Pick<CellRequest, "workloadUid"> => {
	const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
	return owner === undefined ? {} : { workloadUid: owner.uid };
};

type Accelerator = Pick<AcceleratorRequirement, "resource" | "count">;

const isGpu = ({ resource }: Accelerator): boolean => resource !== "aws.amazon.com/neuron";

const withModel = (accelerator: Accelerator, gpuModel?: string): AcceleratorRequirement => ({
	...accelerator,
	models: gpuModel !== undefined && isGpu(accelerator) ? [gpuModel] : [],
});

function largerVolume(annotatedGib: number, storageGib: number, faults: Fault[]): number {
	const largestGib = Math.max(annotatedGib, storageGib);
	if (largestGib > maxVolumeGib) {
		const path =
			annotatedGib > storageGib
				? memberPath("metadata.annotations", annotated.volumeSize.key)
				: "spec.containers[].resources.ephemeral-storage";
		const problem = `no volume is larger than ${maxVolumeGib}Gi; ask for less`;
		faults.push(faultAt(path, problem, `${largestGib}Gi`));
	}
	return largestGib;
}

/** Spot only where the pod says so, by annotation or by allowing nothing else. */
function capacityTypeOf(
	launchType: "spot" | "ignored" | undefined,
	allowed: readonly CapacityType[],
	faults: Fault[],
): CapacityType {
	if (allowed.length === 0) {
		const problem = "karpenter.sh/capacity-type allows neither on-demand nor spot";
		faults.push(faultAt("spec.nodeSelector and spec.affinity", problem));
	}
	if (launchType !== "spot") return allowed.includes("on-demand") ? "on-demand" : "spot";
	if (!allowed.includes("spot")) {
		const problem = "asks for spot, but the pod's karpenter.sh/capacity-type doesn't allow it";
		faults.push(
			faultAt(memberPath("metadata.annotations", annotated.launchType.key), problem, "spot"),
		);
	}
	return "spot";
}

/** What the pod says without any effect; nothing is ignored in silence. */
function notes(
	launchType: "spot" | "ignored" | undefined,
	gpuModel: string | undefined,
	hasGpu: boolean,
): string[] {
	const texts: string[] = [];
	if (launchType === "ignored") {
		texts.push(`${annotated.launchType.key} isn't spot and has no effect`);
	}
	if (gpuModel !== undefined && !hasGpu) {
		texts.push(`the node selector's GPU model ${gpuModel} has no effect: no GPU is asked for`);
	}
	return texts;
}
