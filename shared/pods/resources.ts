import type { Fault } from "../errors.ts";
import { AcceleratorRequirement } from "../offerings/model.ts";
import { faultAt, memberPath, shortened } from "./faults.ts";
import type { ResourceList, Resources } from "./model.ts";
import { binaryText, decimalText, isWhole, quantityAt } from "./quantity.ts";

/** Kubernetes' extended resources that a cell can have. */
export const acceleratorResources = AcceleratorRequirement.shape.resource.options;

/** Every resource that a cell can have. */
const resourceNames = ["cpu", "memory", "ephemeral-storage", ...acceleratorResources] as const;
export type ResourceName = (typeof resourceNames)[number];

/** Quantities in nanos, see `quantity.ts`. */
export type Amounts = ReadonlyMap<ResourceName, bigint>;

export type ReadResources = Readonly<{ requests: Amounts; limits: Amounts }>;

/** Requests and limits as numbers; adds a fault for each that a cell can't have or that isn't one. */
export function resourcesAt(
	path: string,
	resources: Resources | null | undefined,
	faults: Fault[],
): ReadResources {
	const requests = amountsAt(`${path}.requests`, resources?.requests, faults);
	const limits = amountsAt(`${path}.limits`, resources?.limits, faults);
	for (const [name, request] of requests) {
		const limit = limits.get(name);
		if (limit === undefined || request <= limit) continue;
		const problem = `must not be above the limit, ${amountText(name, limit)}`;
		faults.push(faultAt(memberPath(`${path}.requests`, name), problem, amountText(name, request)));
	}
	return { requests, limits };
}

/** A resource list as numbers; adds a fault for each that a cell can't have or that isn't one. */
export function amountsAt(
	path: string,
	list: ResourceList | null | undefined,
	faults: Fault[],
): Amounts {
	const amounts = new Map<ResourceName, bigint>();
	for (const [name, value] of Object.entries(list ?? {})) {
		const at = memberPath(path, name);
		const nanos = quantityAt(at, value, faults);
		if (nanos === undefined) continue;
		if (isResourceName(name)) {
			amounts.set(name, nanos);
			if (!isMeasured(name) && !isWhole(nanos)) {
				faults.push(faultAt(at, "must be a whole number of devices", String(value)));
			}
		} else if (nanos > 0n) {
			const problem = `no cell has ${shortened(name)}; a pod may ask for ${resourceNames.join(", ")}`;
			faults.push(faultAt(at, problem, String(value)));
		}
	}
	return amounts;
}

/** An amount as its resource is usually written: `500m`, `1536Mi`, `2`. */
export const amountText = (name: ResourceName, nanos: bigint): string =>
	name === "memory" || name === "ephemeral-storage" ? binaryText(nanos) : decimalText(nanos);

const known: ReadonlySet<string> = new Set(resourceNames);
const isResourceName = (name: string): name is ResourceName => known.has(name);

/** Measured, not counted. */
const isMeasured = (name: ResourceName): boolean =>
	name === "cpu" || name === "memory" || name === "ephemeral-storage";
