import * as z from "zod";
import { type Cell, Condition, Loss, Notice, Phase, Stages } from "../cells/model.ts";

/** `source` of every event of ours on the bus. */
export const statusSource = "cellwright";
/** `detail-type` of a status event. */
export const statusDetailType = "Cell Status Changed";

/** What we tell the cluster about a pod's cell whenever its record has changed. No secret, no pod spec. */
export const StatusEvent = z.object({
	podUid: z.string(),
	namespace: z.string(),
	name: z.string(),
	cellName: z.string(),
	/** Grows with each change: a consumer that has seen a higher one ignores this event. */
	version: z.int(),
	phase: Phase,
	/** CamelCase; absent while all is well. */
	reason: z.string().optional(),
	message: z.string().optional(),
	attempt: z.int(),
	stages: Stages,
	conditions: z.array(Condition),
	instance: z
		.object({
			instanceId: z.string(),
			instanceType: z.string(),
			zone: z.string(),
			address: z.string(),
			podAddress: z.string(),
			hourlyUsd: z.number(),
			capacityType: z.string(),
		})
		.optional(),
	/** What EC2 has warned of, and when it ends the instance. */
	notice: Notice.optional(),
	/** Absent: the pod has lost no instance. */
	losses: z
		.object({
			/** Instances that the pod has lost, or that never became ready; a record keeps the latest ten. */
			count: z.int().min(1),
			/** Without the evidence, which the record keeps. */
			last: Loss.omit({ evidence: true }),
		})
		.optional(),
});
export type StatusEvent = Readonly<z.infer<typeof StatusEvent>>;

/** Where changes are announced. */
export type StatusBus = Readonly<{
	/** @throws when the bus has not taken every event. */
	announce(events: readonly StatusEvent[], signal: AbortSignal): Promise<void>;
}>;

export const statusOf = (cell: Cell): StatusEvent => ({
	podUid: cell.podUid,
	namespace: cell.pod.namespace,
	name: cell.pod.name,
	cellName: cell.cellName,
	version: cell.version,
	phase: cell.phase,
	...("reason" in cell ? { reason: cell.reason, message: cell.message } : {}),
	attempt: cell.attempt,
	stages: cell.stages,
	conditions: [...cell.conditions],
	...instanceOf(cell),
	...(cell.notice === undefined ? {} : { notice: cell.notice }),
	...lossesOf(cell),
});

const instanceOf = (cell: Cell): Pick<StatusEvent, "instance"> => {
	if (!("instance" in cell) || cell.instance === undefined || cell.plan === undefined) return {};
	const { launchedAt: _, ...instance } = cell.instance;
	const { hourlyUsd, capacityType } = cell.plan.offering;
	return { instance: { ...instance, hourlyUsd, capacityType } };
};

const lossesOf = ({ losses }: Cell): Pick<StatusEvent, "losses"> => {
	const latest = losses.at(-1);
	if (latest === undefined) return {};
	const { evidence: _, ...last } = latest;
	return { losses: { count: losses.length, last } };
};
