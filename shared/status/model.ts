import * as z from "zod";
import { type Cell, Condition, Loss, Notice, Phase, Stages } from "../cells/model.ts";

/** `source` of every event of ours on the bus. */
export const statusSource = "cellwright";
/** `detail-type` of a status event. */
export const statusDetailType = "Cell Status Changed";

/** What we tell the cluster about a pod's cell whenever its record has changed. No secret, no pod spec. */
export const StatusEvent = z.object({
	podUid: z.string().describe("Whose cell it is."),
	namespace: z.string().describe("The pod's."),
	name: z.string().describe("The pod's."),
	cellName: z
		.string()
		.describe("Names the cell's certificate, its host and its instance's `Node` tag."),
	version: z
		.int()
		.describe("Grows with each change: who has seen a higher one ignores this event."),
	phase: Phase.describe("Where the cell stands; `Failed` and `Terminated` are the ends."),
	reason: z
		.string()
		.optional()
		.describe("Why it failed or ends: a word of docs/reasons.md; absent while all is well."),
	message: z.string().optional().describe("The same for people."),
	attempt: z.int().describe("Attempts begun; 0 before the first plan."),
	stages: Stages.describe(
		"When each stage was over, ISO 8601 in UTC; what is absent has not happened.",
	),
	conditions: z
		.array(Condition)
		.describe("As Kubernetes shows them: why it waits, what is at risk."),
	instance: z
		.object({
			instanceId: z.string().describe("EC2's id."),
			instanceType: z.string().describe("Its type."),
			zone: z.string().describe("Its zone, by the account's own name."),
			address: z.string().describe("Where the agent listens: the instance's private address."),
			podAddress: z.string().describe("The pod's: the instance's second private address."),
			hourlyUsd: z.number().describe("List price of an hour."),
			capacityType: z.string().describe("`on-demand` or `spot`."),
		})
		.optional()
		.describe("The machine; absent before EC2 has accepted it, and while the next one is awaited."),
	notice: Notice.optional().describe("What EC2 has warned of, and when it ends the instance."),
	losses: z
		.object({
			count: z
				.int()
				.min(1)
				.describe("Instances lost, or that never became ready; a record keeps the latest ten."),
			last: Loss.omit({ evidence: true }).describe(
				"The latest; what was seen of it is on the record (`npx cellwright status`).",
			),
		})
		.optional()
		.describe("Absent: the pod has lost no instance."),
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
