import type { Instance } from "../instances/model.ts";
import type { Decision } from "../offerings/model.ts";
import type { CellRequest, PodIdentity } from "../pods/model.ts";
import type {
	Cell,
	CellIn,
	Condition,
	Evidence,
	LaunchPlan,
	Loss,
	Notice,
	Phase,
	Refusal,
	Stages,
} from "./model.ts";

/** What a step of a cell's life is called, and what it means for people. */
export type Why = Readonly<{ reason: string; message: string }>;

/** Which phase may follow which; a record may also change within its phase. */
export const followers: Readonly<Record<Phase, readonly Phase[]>> = {
	Scheduled: ["Launching", "Terminating", "Failed"],
	// Back to Scheduled: EC2 refused, and nothing else is on offer for now.
	Launching: ["Scheduled", "Booting", "Terminating", "Failed"],
	// Back to Scheduled: the instance was lost, or EC2 took it back, and the pod gets another one.
	Booting: ["Ready", "Scheduled", "Terminating", "Failed"],
	Ready: ["Scheduled", "Terminating", "Failed"],
	Terminating: ["Terminated"],
	Terminated: [],
	Failed: [],
};

/** A cell that has, or may still get, its instance. */
type LivingCell = CellIn<"Scheduled" | "Launching" | "Booting" | "Ready">;

export const isLiving = (cell: Cell): cell is LivingCell =>
	followers[cell.phase].includes("Terminating");

/** Whether nothing of the cell can be left: nobody need look at its record again. */
export const isSettled = (cell: Cell): boolean =>
	(cell.phase === "Failed" || cell.phase === "Terminated") && cell.stages.settledAt !== undefined;

/** Kept on a record; older refusals are dropped. */
const refusalsKept = 20;

/** Kept on a record; older losses are dropped. */
const lossesKept = 10;

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
	why: Why,
	now: Date,
	sentAt: Date | undefined,
): CellIn<"Failed"> => {
	const cell = newborn(pod, cellName, now, sentAt);
	return {
		phase: "Failed",
		...cell,
		...why,
		stages: { ...cell.stages, failedAt: now.toISOString(), settledAt: now.toISOString() },
		conditions: [condition("Planned", "False", why, now)],
	};
};

/** The next attempt, with its plan and why it was chosen. `by`: who asks EC2 for it at once, with this pod's turn. */
export const launching = (
	cell: CellIn<"Scheduled" | "Launching">,
	plan: LaunchPlan,
	decision: Decision,
	by: string,
	now: Date,
): CellIn<"Launching"> => {
	const {
		turnAt: _,
		leaving: __,
		party: ___,
		...rest
	} = {
		leaving: undefined,
		party: undefined,
		...cell,
	};
	return {
		...rest,
		phase: "Launching",
		attempt: plan.attempt,
		plan,
		asks: [{ by, at: now.toISOString() }],
		decision,
		stages: { ...cell.stages, plannedAt: now.toISOString() },
		conditions: withCondition(
			cell,
			condition("Planned", "True", { reason: "OfferingChosen", message: decision.summary }, now),
		),
	};
};

/** Another worker, or the same one again, is about to ask EC2 for the plan, with this pod's turn. */
export const asking = (cell: CellIn<"Launching">, by: string, now: Date): CellIn<"Launching"> => {
	const { turnAt: _, ...rest } = cell;
	return {
		...rest,
		asks: [...cell.asks.filter((ask) => ask.by !== by), { by, at: now.toISOString() }],
	};
};

/** EC2 has answered this worker. */
export const answered = (cell: CellIn<"Launching">, by: string): CellIn<"Launching"> => ({
	...cell,
	asks: cell.asks.filter((ask) => ask.by !== by),
});

/** The pod's turn at EC2 is in the future: the time until then is not counted against it. */
export const queued = <C extends CellIn<"Scheduled" | "Launching">>(
	cell: C,
	turnAt: Date,
	giveUpAt: Date,
	now: Date,
): C => ({
	...cell,
	turnAt: turnAt.toISOString(),
	giveUpAt: giveUpAt.toISOString(),
	conditions: withCondition(
		cell,
		condition(
			"Launched",
			"False",
			{ reason: "WaitingForTurn", message: `EC2 is asked at ${turnAt.toISOString()}` },
			now,
		),
	),
});

/** EC2 said no: remembered, whatever is done about it. */
export const refused = <C extends CellIn<"Launching">>(cell: C, refusal: Refusal): C => ({
	...cell,
	refusals: withRefusal(cell, refusal),
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

/** Nothing on offer for now: the pod waits without a plan, together with those that it was planned with. */
export const waiting = (
	cell: CellIn<"Scheduled" | "Launching">,
	why: Why,
	now: Date,
): CellIn<"Scheduled"> => {
	const { plan, asks: _, turnAt: __, ...rest } = { plan: undefined, asks: undefined, ...cell };
	return {
		...rest,
		...(plan?.group === undefined ? {} : { party: plan.group.podUids }),
		phase: "Scheduled",
		conditions: withCondition(cell, condition("Launched", "False", why, now)),
	};
};

/** EC2 accepted: there is an instance. */
export const booting = (
	cell: CellIn<"Launching">,
	instance: Instance,
	now: Date,
): CellIn<"Booting"> => {
	const { asks: _, turnAt: __, ...rest } = cell;
	return {
		...rest,
		phase: "Booting",
		instance,
		stages: { ...cell.stages, launchedAt: now.toISOString() },
		conditions: withCondition(
			cell,
			condition("Launched", "True", { reason: "Accepted", message: instance.instanceId }, now),
		),
	};
};

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

/** The instance of a cell was lost, or never became ready: the pod waits for another one. */
export const again = (
	cell: CellIn<"Booting" | "Ready">,
	why: Why,
	giveUpAt: Date,
	now: Date,
): CellIn<"Scheduled"> => {
	const { plan, instance, notice: _, stages, ...rest } = cell;
	const { sentAt, acceptedAt } = stages;
	return {
		...rest,
		phase: "Scheduled",
		leaving: { plan, instance },
		giveUpAt: giveUpAt.toISOString(),
		stages: {
			...(sentAt === undefined ? {} : { sentAt }),
			acceptedAt,
			againAt: now.toISOString(),
		},
		losses: withLoss(cell, why, now),
		conditions: [
			...withoutRisk(cell, condition("Ready", "False", why, now)).filter(
				({ type }) => type !== "Launched",
			),
			condition("Launched", "False", why, now),
		],
	};
};

/**
 * EC2 accepted, and then had no capacity after all: the instance ended before it ran. A refusal like any other,
 * and no loss: the pod waits for its next attempt in the time that it had.
 */
export const withdrawn = (cell: CellIn<"Booting">, refusal: Refusal): CellIn<"Scheduled"> => {
	const { plan, instance, notice: _, stages, ...rest } = cell;
	const { plannedAt: __, launchedAt: ___, answeredAt: ____, ...kept } = stages;
	const why = { reason: refusal.code, message: refusal.message };
	return {
		...rest,
		phase: "Scheduled",
		leaving: { plan, instance },
		stages: kept,
		refusals: withRefusal(cell, refusal),
		conditions: withoutRisk(cell, condition("Launched", "False", why, new Date(refusal.at))),
	};
};

/** The instance that the pod has lost has been told to end: the next one may be asked for. */
export const left = (
	cell: CellIn<"Scheduled">,
	evidence: Evidence | undefined,
): CellIn<"Scheduled"> => {
	const { leaving, ...rest } = cell;
	return { ...rest, losses: withEvidence(cell, leaving?.instance.instanceId, evidence) };
};

/** EC2 warns of the instance's end. */
export const noticed = <C extends CellIn<"Booting" | "Ready">>(
	cell: C,
	notice: Notice,
	now: Date,
): C => ({
	...cell,
	notice,
	conditions: withCondition(cell, condition("AtRisk", "True", notice, now)),
});

/** The end without success; what there is of an instance is ended by reconcile. */
export const failed = (
	cell: LivingCell,
	why: Why,
	now: Date,
	decision: Decision | undefined = cell.decision,
): CellIn<"Failed"> => {
	const hadInstance = cell.phase === "Booting" || cell.phase === "Ready";
	const { rest, left } = parted(cell);
	return {
		...rest,
		...left,
		...(decision === undefined ? {} : { decision }),
		...(hadInstance ? { losses: withLoss(cell, why, now) } : {}),
		...why,
		phase: "Failed",
		stages: over(cell.stages, { failedAt: now.toISOString() }, left.plan === undefined, now),
		conditions: withoutRisk(cell, condition("Ready", "False", why, now)),
	};
};

/** The instance of a failed cell has been told to end. */
export const ended = (
	cell: CellIn<"Failed">,
	instance: Instance,
	evidence: Evidence | undefined,
	now: Date,
): CellIn<"Failed"> => ({
	...cell,
	instance,
	losses: withEvidence(cell, instance.instanceId, evidence),
	stages: over(cell.stages, { endedAt: now.toISOString() }, true, now),
	conditions: withCondition(
		cell,
		condition("Ended", "True", { reason: cell.reason, message: instance.instanceId }, now),
	),
});

/** Of a cell that is over, no instance has appeared for so long that none will. */
export const settled = <C extends CellIn<"Failed" | "Terminated">>(cell: C, now: Date): C => ({
	...cell,
	stages: over(cell.stages, {}, true, now),
});

/** The pod is gone; what there is of an instance is ended by reconcile. */
export const terminating = (cell: LivingCell, why: Why, now: Date): CellIn<"Terminating"> => {
	const { rest, left } = parted(cell);
	return {
		...rest,
		...left,
		...why,
		phase: "Terminating",
		conditions: withoutRisk(cell, condition("Ready", "False", why, now)),
	};
};

/**
 * Nothing of the cell is left that anybody knows. It is settled, too, unless its plan may have made an instance
 * that EC2 doesn't show yet: the janitor looks for that one later.
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
	stages: over(
		cell.stages,
		{ endedAt: now.toISOString() },
		instance !== undefined || cell.plan === undefined,
		now,
	),
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
	why: Why,
	now: Date,
	sentAt: Date | undefined,
): CellIn<"Terminated"> => {
	const cell = newborn(pod, cellName, now, sentAt);
	return {
		phase: "Terminated",
		...cell,
		...why,
		stages: { ...cell.stages, endedAt: now.toISOString(), settledAt: now.toISOString() },
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
	losses: [],
});

/** What a cell that ends keeps of its plan and instance, or of the one it was leaving, apart from the rest. */
const parted = (
	cell: LivingCell,
): {
	rest: Omit<CellIn<"Failed">, "phase" | "plan" | "instance" | "reason" | "message">;
	left: Readonly<{ plan?: LaunchPlan; instance?: Instance }>;
} => {
	const { podUid, pod, cellName, version, attempt, stages, conditions, refusals, losses } = cell;
	const { request, decision } = cell;
	const own = "plan" in cell ? { plan: cell.plan } : cell.leaving;
	return {
		rest: {
			...{ podUid, pod, cellName, version, attempt, stages, conditions, refusals, losses },
			request,
			...(decision === undefined ? {} : { decision }),
		},
		left: { ...own, ...("instance" in cell ? { instance: cell.instance } : {}) },
	};
};

const over = (
	stages: Stages,
	reached: Partial<Stages>,
	nothingLeft: boolean,
	now: Date,
): Stages => ({
	...stages,
	...reached,
	...(nothingLeft ? { settledAt: now.toISOString() } : {}),
});

const withRefusal = ({ refusals }: Cell, refusal: Refusal): Refusal[] =>
	[...refusals, refusal].slice(-refusalsKept);

const withLoss = (
	{ losses, attempt, plan, instance, stages }: CellIn<"Booting" | "Ready">,
	{ reason, message }: Why,
	now: Date,
): Loss[] => {
	const { offering, zone } = plan;
	const loss: Loss = {
		attempt,
		instanceId: instance.instanceId,
		instanceType: offering.instanceType,
		zone,
		capacityType: offering.capacityType,
		hourlyUsd: offering.hourlyUsd,
		reason,
		message,
		launchedAt: stages.launchedAt ?? instance.launchedAt,
		...(stages.readyAt === undefined ? {} : { readyAt: stages.readyAt }),
		at: now.toISOString(),
	};
	return [...losses, loss].slice(-lossesKept);
};

const withEvidence = (
	{ losses }: Cell,
	instanceId: string | undefined,
	evidence: Evidence | undefined,
): Loss[] =>
	losses.map((loss) =>
		evidence !== undefined && loss.instanceId === instanceId ? { ...loss, evidence } : loss,
	);

const condition = (
	type: Condition["type"],
	status: Condition["status"],
	{ reason, message }: Why,
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

/** The same where the instance that EC2 warned of is no longer the pod's. */
const withoutRisk = (cell: Cell, next: Condition): Condition[] =>
	withCondition(cell, next).filter(({ type }) => type !== "AtRisk");
