import type { Instance } from "../instances/model.ts";
import type { Decision } from "../offerings/model.ts";
import type { CellRequest, PodIdentity } from "../pods/model.ts";
import type { Cell, CellIn, Condition, LaunchPlan, Phase, Refusal } from "./model.ts";

/** Which phase may follow which; a record may also change within its phase. */
export const followers: Readonly<Record<Phase, readonly Phase[]>> = {
	Scheduled: ["Launching", "Terminating", "Failed"],
	// Back to Scheduled: EC2 refused, and nothing else is on offer for now.
	Launching: ["Scheduled", "Booting", "Terminating", "Failed"],
	Booting: ["Ready", "Terminating", "Failed"],
	Ready: ["Terminating", "Failed"],
	Terminating: ["Terminated"],
	Terminated: [],
	Failed: [],
};

/** A cell that has, or may still get, its instance. */
type LivingCell = CellIn<"Scheduled" | "Launching" | "Booting" | "Ready">;

export const isLiving = (cell: Cell): cell is LivingCell =>
	followers[cell.phase].includes("Terminating");

/** Kept on a record; older refusals are dropped. */
const refusalsKept = 20;

/** A pod that has just been accepted. `sentAt`: when its message was sent. */
export const scheduled = (
	pod: PodIdentity,
	cellName: string,
	request: CellRequest,
	now: Date,
	sentAt: Date | undefined,
): CellIn<"Scheduled"> => ({
	phase: "Scheduled",
	...newborn(pod, cellName, now, sentAt),
	request,
});

/** A pod that can never be launched as it is written. */
export const stillborn = (
	pod: PodIdentity,
	cellName: string,
	why: { reason: string; message: string },
	now: Date,
	sentAt: Date | undefined,
): CellIn<"Failed"> => {
	const cell = newborn(pod, cellName, now, sentAt);
	return {
		phase: "Failed",
		...cell,
		...why,
		stages: { ...cell.stages, failedAt: now.toISOString() },
		conditions: [condition("Planned", "False", why, now)],
	};
};

/** The next attempt, with its plan and why it was chosen. */
export const launching = (
	cell: CellIn<"Scheduled" | "Launching">,
	plan: LaunchPlan,
	decision: Decision,
	now: Date,
): CellIn<"Launching"> => ({
	...cell,
	phase: "Launching",
	attempt: plan.attempt,
	plan,
	decision,
	stages: { ...cell.stages, plannedAt: now.toISOString() },
	conditions: withCondition(
		cell,
		condition("Planned", "True", { reason: "OfferingChosen", message: decision.summary }, now),
	),
});

/** EC2 said no: remembered, whatever is done about it. */
export const refused = <C extends CellIn<"Launching">>(cell: C, refusal: Refusal): C => ({
	...cell,
	refusals: [...cell.refusals, refusal].slice(-refusalsKept),
	conditions: withCondition(
		cell,
		condition(
			"Launched",
			"False",
			{ reason: refusal.code, message: refusal.message },
			new Date(refusal.at),
		),
	),
});

/** Nothing on offer for now: the pod waits without a plan. */
export const waiting = (
	cell: CellIn<"Scheduled" | "Launching">,
	why: { reason: string; message: string },
	now: Date,
): CellIn<"Scheduled"> => {
	const { plan: _, ...rest } = { plan: undefined, ...cell };
	return {
		...rest,
		phase: "Scheduled",
		conditions: withCondition(cell, condition("Launched", "False", why, now)),
	};
};

/** EC2 accepted: there is an instance. */
export const booting = (
	cell: CellIn<"Launching">,
	instance: Instance,
	now: Date,
): CellIn<"Booting"> => ({
	...cell,
	phase: "Booting",
	instance,
	stages: { ...cell.stages, launchedAt: now.toISOString() },
	conditions: withCondition(
		cell,
		condition("Launched", "True", { reason: "Accepted", message: instance.instanceId }, now),
	),
});

/** The agent answered, with the certificate that was made for it. `answeredAt`: its first pong. */
export const ready = (cell: CellIn<"Booting">, answeredAt: Date, now: Date): CellIn<"Ready"> => ({
	...cell,
	phase: "Ready",
	stages: {
		...cell.stages,
		answeredAt: answeredAt.toISOString(),
		readyAt: now.toISOString(),
	},
	conditions: withCondition(
		cell,
		condition("Ready", "True", { reason: "AgentAnswers", message: "pong" }, now),
	),
});

/** The end without success; what there is of an instance is ended by reconcile. */
export const failed = (
	cell: LivingCell,
	why: { reason: string; message: string },
	now: Date,
	decision: Decision | undefined = cell.decision,
): CellIn<"Failed"> => ({
	...cell,
	...(decision === undefined ? {} : { decision }),
	...why,
	phase: "Failed",
	stages: { ...cell.stages, failedAt: now.toISOString() },
	conditions: withCondition(cell, condition("Ready", "False", why, now)),
});

/** The instance of a failed cell has been told to end. */
export const ended = (cell: CellIn<"Failed">, instanceId: string, now: Date): CellIn<"Failed"> => ({
	...cell,
	stages: { ...cell.stages, endedAt: now.toISOString() },
	conditions: withCondition(
		cell,
		condition("Ended", "True", { reason: cell.reason, message: instanceId }, now),
	),
});

/** The pod is gone; what there is of an instance is ended by reconcile. */
export const terminating = (
	cell: LivingCell,
	why: { reason: string; message: string },
	now: Date,
): CellIn<"Terminating"> => ({
	...cell,
	...why,
	phase: "Terminating",
	conditions: withCondition(cell, condition("Ready", "False", why, now)),
});

/**
 * Nothing of the cell is left that anybody knows.
 *
 * @param instance what has been told to end; undefined where EC2 showed none.
 */
export const terminated = (
	cell: CellIn<"Terminating">,
	instance: Instance | undefined,
	now: Date,
): CellIn<"Terminated"> => ({
	...cell,
	...(instance === undefined ? {} : { instance }),
	phase: "Terminated",
	stages: { ...cell.stages, endedAt: now.toISOString() },
	conditions: withCondition(
		cell,
		condition(
			"Ended",
			"True",
			{ reason: cell.reason, message: instance?.instanceId ?? "no instance was found" },
			now,
		),
	),
});

/** A pod that was gone before anybody asked for its cell: whoever asks later finds this. */
export const tombstone = (
	pod: PodIdentity,
	cellName: string,
	why: { reason: string; message: string },
	now: Date,
	sentAt: Date | undefined,
): CellIn<"Terminated"> => {
	const cell = newborn(pod, cellName, now, sentAt);
	return {
		phase: "Terminated",
		...cell,
		...why,
		stages: { ...cell.stages, endedAt: now.toISOString() },
		conditions: [condition("Ended", "True", why, now)],
	};
};

const newborn = (pod: PodIdentity, cellName: string, now: Date, sentAt: Date | undefined) => ({
	podUid: pod.uid,
	pod,
	cellName,
	version: 0,
	attempt: 0,
	stages: {
		...(sentAt === undefined ? {} : { sentAt: sentAt.toISOString() }),
		acceptedAt: now.toISOString(),
	},
	conditions: [],
	refusals: [],
});

const condition = (
	type: Condition["type"],
	status: Condition["status"],
	{ reason, message }: { reason: string; message: string },
	now: Date,
): Condition => ({ type, status, reason, message, lastTransitionTime: now.toISOString() });

/** One condition of each type; its time moves only when its status does, as in Kubernetes. */
const withCondition = (cell: Cell, next: Condition): Condition[] => {
	const before = cell.conditions.find(({ type }) => type === next.type);
	const lastTransitionTime =
		before?.status === next.status ? before.lastTransitionTime : next.lastTransitionTime;
	return [
		...cell.conditions.filter(({ type }) => type !== next.type),
		{ ...next, lastTransitionTime },
	];
};
