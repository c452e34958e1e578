import { podScheduledMessage } from "../../../client/messages.ts";
import type { NamedPod } from "../../../client/model.ts";
import type { Cell, Refusal } from "../../../shared/cells/model.ts";
import { type Fault, ProvisionerError } from "../../../shared/errors.ts";
import type { CapacityType, Decision } from "../../../shared/offerings/model.ts";
import { cellRequestOf } from "../../../shared/pods/cell-request.ts";
import { readPodScheduled } from "../../../shared/pods/message.ts";
import type { CellRequest, Pod } from "../../../shared/pods/model.ts";
import type { ChoiceBasis } from "./choice-basis.ts";

/** Why a pod has, or would get, the cell that it does; holds nothing of its containers but figures. */
export type Explanation = Readonly<{
	pod: Readonly<{ namespace: string; name: string; uid?: string }>;
	/** The manifest's path; absent: the pod's record. */
	file?: string;
	/** Where the record stands; absent: the pod was never sent. */
	record?: Readonly<{
		phase: Cell["phase"];
		attempt: number;
		/** Of a cell that has ended or failed. */
		reason?: string;
		message?: string;
		/** Where EC2 accepted the launch. */
		launched?: Readonly<{
			instanceId: string;
			instanceType: string;
			zoneId: string;
			zone: string;
			capacityType: CapacityType;
			at: string;
		}>;
		acceptedAt: string;
	}>;
	/** What is wrong with the pod, which therefore never gets a cell. */
	faults: readonly Fault[];
	/** What the pod wants of its cell beside its size, in a few words each. */
	wishes: readonly string[];
	decision?: Decision;
	/** What EC2 refused, the latest ones, oldest first. */
	refusals: readonly Refusal[];
}>;

/** Stands for the uid of a pod that has none: only Kubernetes gives one. */
export const noUid = "none-yet";

/** What launch would do about a pod that was never sent. */
export async function explainManifest(
	manifest: NamedPod,
	file: string,
	basis: ChoiceBasis,
): Promise<Explanation> {
	const { namespace, name, uid } = manifest.metadata;
	const pod = { namespace, name, ...(uid === noUid ? {} : { uid }) };
	const base = { pod, file, faults: [], wishes: [], refusals: [] };
	const read = readPodScheduled(podScheduledMessage(manifest));
	if (read.outcome !== "read") return { ...base, faults: read.faults };
	try {
		const request = cellRequestOf(read.message.pod, basis.config.cells.sizing);
		const decision = await basis.decide(request, seedOf(read.message.pod));
		return { ...base, wishes: wishesOf(request), decision };
	} catch (error) {
		if (!(error instanceof ProvisionerError) || error.kind !== "invalid") throw error;
		const { faults, message } = error;
		return { ...base, faults: faults.length > 0 ? faults : [{ path: "spec", problem: message }] };
	}
}

/** Which of several zones with one price comes first; without a uid the same each time. */
export const seedOf = ({ metadata: { uid, namespace, name } }: Pod): string =>
	uid === noUid ? `${namespace}/${name}` : uid;

/** What was done about a pod, from its record. */
export function explainRecord(cell: Cell): Explanation {
	const { pod, phase, attempt, decision, refusals, stages } = cell;
	const request = "request" in cell ? cell.request : undefined;
	return {
		pod,
		record: {
			phase,
			attempt,
			...("reason" in cell ? { reason: cell.reason, message: cell.message } : {}),
			...launchOf(cell),
			acceptedAt: stages.acceptedAt,
		},
		faults: [],
		wishes: request === undefined ? [] : wishesOf(request),
		...(decision === undefined ? {} : { decision }),
		refusals,
	};
}

function launchOf(cell: Cell): Pick<NonNullable<Explanation["record"]>, "launched"> {
	const plan = "plan" in cell ? cell.plan : undefined;
	const instance = "instance" in cell ? cell.instance : undefined;
	const at = cell.stages.launchedAt;
	if (plan === undefined || instance === undefined || at === undefined) return {};
	const { instanceType, zoneId, capacityType } = plan.offering;
	const { instanceId } = instance;
	return { launched: { instanceId, instanceType, zoneId, zone: plan.zone, capacityType, at } };
}

const wishesOf = (request: CellRequest): readonly string[] => [
	...(request.volumeGib === undefined ? [] : [`root volume of ${request.volumeGib} GiB`]),
	...(request.privateAddressOnly === true ? ["private address only"] : []),
	...request.securityGroupIds.map((id) => `security group ${id}`),
	...(request.instanceProfile === undefined ? [] : [`instance profile ${request.instanceProfile}`]),
];
