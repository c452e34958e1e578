import type { AcceleratorRequirement } from "./model.ts";
import type { Device } from "./snapshot.ts";

/** What must be true of a device to be one of the Kubernetes resource. */
const resources = {
	"nvidia.com/gpu": ({ kind, manufacturer }) => kind === "gpu" && manufacturer === "NVIDIA",
	"amd.com/gpu": ({ kind, manufacturer }) => kind === "gpu" && manufacturer === "AMD",
	"aws.amazon.com/neuron": ({ kind }) => kind === "neuron",
} as const satisfies Record<AcceleratorRequirement["resource"], (device: Device) => boolean>;

/** Whether a device is of this resource and, where models are named, one of them. */
export const isOf = (
	device: Device,
	{ resource, models }: Pick<AcceleratorRequirement, "resource" | "models">,
): boolean =>
	resources[resource](device) &&
	(models.length === 0 || models.some((model) => modelNames(device).includes(bareModel(model))));

/**
 * Whether a machine has the devices that a pod asks for.
 *
 * @param slicesCount a slice of a GPU isn't a whole device, unless the pod itself has named the type.
 */
export const holdsDevices = (
	device: Device | undefined,
	asked: AcceleratorRequirement,
	slicesCount: boolean,
): boolean =>
	device !== undefined &&
	isOf(device, asked) &&
	device.count + (slicesCount ? device.slices : 0) >= asked.count;

/** A model as labels spell it: Karpenter's `radeon-pro-v520`. */
export const modelLabel = ({ name }: Device): string => name.toLowerCase().replaceAll(" ", "-");

/** `t4`, and with its memory as in GKE's names: `a100-80gb`. */
const modelNames = (device: Device): readonly string[] => [
	modelLabel(device),
	`${modelLabel(device)}-${Math.round(device.memoryMib / 1_024)}gb`,
];

/** GKE and Kip write `nvidia-tesla-t4` for what AWS calls T4. */
const bareModel = (model: string): string =>
	model
		.toLowerCase()
		.replaceAll(" ", "-")
		.replace(/^(nvidia|amd|aws)-/, "")
		.replace(/^tesla-/, "");
