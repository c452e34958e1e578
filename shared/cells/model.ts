import * as z from "zod";
import { CellFilesIn } from "../bootstrap/model.ts";
import { Image } from "../images/model.ts";
import { Instance, RefusalReason } from "../instances/model.ts";
import { CapacityType, Decision, Offering } from "../offerings/model.ts";
import { CellRequest, PodIdentity } from "../pods/model.ts";

/** Where a cell stands in its life. `Failed` and `Terminated` are the ends. */
export const Phase = z.enum([
	"Scheduled",
	"Launching",
	"Booting",
	"Ready",
	"Terminating",
	"Terminated",
	"Failed",
]);
export type Phase = z.infer<typeof Phase>;

/** When each stage was over, ISO 8601 UTC; what is absent has not happened. */
export const Stages = z.object({
	sentAt: z.string().optional().describe("When the message was put on the queue, as SQS tells."),
	acceptedAt: z.string().describe("When the pod's first record was written."),
	againAt: z
		.string()
		.optional()
		.describe("When the pod began to wait for another cell, having lost one."),
	plannedAt: z.string().optional().describe("When the current attempt's plan was written."),
	launchedAt: z.string().optional().describe("When EC2 accepted the current attempt."),
	answeredAt: z.string().optional().describe("When the agent's first `pong` arrived."),
	readyAt: z.string().optional().describe("When the cell was ready."),
	failedAt: z.string().optional().describe("When the pod was given up."),
	endedAt: z.string().optional().describe("When the instance, if any, had been told to end."),
	settledAt: z
		.string()
		.optional()
		.describe(
			"When nothing of a cell that is over could be left: its instance told to end, or looked for in vain.",
		),
});
export type Stages = Readonly<z.infer<typeof Stages>>;

/** Kubernetes' shape of a condition. */
export const Condition = z.object({
	type: z.enum(["Planned", "Launched", "Ready", "AtRisk", "Ended"]).describe("What it is about."),
	status: z.enum(["True", "False"]).describe("Whether it holds."),
	reason: z.string().describe("Why, in one CamelCase word of docs/reasons.md, or EC2's code."),
	message: z.string().describe("Why, for people."),
	lastTransitionTime: z.string().describe("When the status last changed."),
});
export type Condition = Readonly<z.infer<typeof Condition>>;

/** What there was to see of an instance before it was ended: for people. Bounded, and nothing secret of ours. */
export const Evidence = z.object({
	at: z.string(),
	/** EC2's word for where the instance stood, such as `running`. */
	state: z.string().optional(),
	/** `code: message`, as EC2 gave it. */
	stateReason: z.string().optional(),
	/** The last of what the machine wrote to its console; private keys masked. */
	console: z.string().optional(),
	/** What could not be had, and why. */
	missing: z.array(z.string()),
});
export type Evidence = Readonly<z.infer<typeof Evidence>>;

/** An instance that the pod has had and lost, or that never became ready. */
export const Loss = z.object({
	attempt: z.int().min(1).describe("Which attempt's it was."),
	instanceId: z.string().describe("EC2's id."),
	instanceType: z.string().describe("Its type."),
	zone: z.string().describe("Its zone, by the account's own name."),
	capacityType: CapacityType.describe("How it was bought."),
	hourlyUsd: z.number().describe("Its list price an hour."),
	reason: z.string().describe("Why it was lost: a word of docs/reasons.md."),
	message: z
		.string()
		.describe(
			"For people; of a cell that never became ready: the agent's last answer, or what became of the connection.",
		),
	launchedAt: z.string().describe("When EC2 accepted it."),
	readyAt: z.string().optional().describe("When it was ready; absent: it never was."),
	at: z.string().describe("When the loss was written down."),
	evidence: Evidence.optional(),
});
export type Loss = Readonly<z.infer<typeof Loss>>;

/** EC2 has said that the instance is about to end, or may be. */
export const Notice = z.object({
	reason: z
		.enum(["SpotInterruption", "RebalanceRecommendation", "ScheduledChange"])
		.describe("What EC2 has said."),
	message: z.string().describe("For people."),
	at: z.string().describe("When EC2 spoke."),
	deadline: z.string().optional().describe("When EC2 ends the instance; absent: it gave no time."),
});
export type Notice = Readonly<z.infer<typeof Notice>>;

/** One "no" of EC2. */
export const Refusal = z.object({
	attempt: z.int().min(1),
	instanceType: z.string(),
	zoneId: z.string(),
	zone: z.string(),
	subnetId: z.string(),
	capacityType: CapacityType,
	reason: RefusalReason,
	/** EC2's error code. */
	code: z.string(),
	/** EC2's words, cut. */
	message: z.string(),
	at: z.string(),
});
export type Refusal = Readonly<z.infer<typeof Refusal>>;

/**
 * Everything that one attempt's launch request is made from, written before EC2 is asked.
 * A redelivered message repeats the plan; it never makes another while this one may have worked.
 */
export const LaunchPlan = z.object({
	attempt: z.int().min(1),
	offering: Offering,
	subnetId: z.string(),
	zone: z.string(),
	image: Image,
	volumeGib: z.int().min(1),
	/** Seconds after the plan for which readiness leaves the cell alone, by what others of its kind took. */
	firstCheckSeconds: z.int().min(0).optional(),
	/** Of provider.yaml and the cloud-init file that the user data was made from. */
	configRevision: z.string(),
	/** Where the cell finds its files; absent: in its user data. */
	cellFilesIn: CellFilesIn.optional(),
	/** The identity's dates count from here; a plan older than 12 h is never replayed. */
	issuedAt: z.string(),
	/** Of the certificate, from `issuedAt`: a setting that changes meanwhile changes no identity. */
	certificateLifetimeSeconds: z.int().min(1),
	/** After its boot the machine ends itself, whoever still cares; absent: never. Part of the user data. */
	maxLifetimeSeconds: z.int().min(1).optional(),
	/** EC2's idempotency, zonal: the subnet is part of the plan. */
	clientToken: z.string().max(64),
	/** SHA-256 of the cell's certificate: the only one that readiness accepts. */
	fingerprint: z.string(),
	/** Who signed it; absent from the time before authorities rotated: the first one. */
	authorityId: z.string().optional(),
	/** Replicas of one workload that one call launches, with one identity; absent: a cell by itself. */
	group: z
		.object({
			/** Names the identity that all of them have. */
			name: z.string(),
			/** This pod's place: its instance is the one with this launch index. */
			index: z.int().min(0),
			/** Everybody's uid, by place. */
			podUids: z.array(z.string()).min(2),
		})
		.optional(),
	/**
	 * What an hour would cost if nobody chose: on demand, the operator's default type or, where that is cheaper and so
	 * mostly too small, the offering's own. What is saved is measured against it; absent from earlier versions.
	 */
	baselineHourlyUsd: z.number().nonnegative().optional(),
	/** Whom the cell trusts besides, in the order of its `ca.crt`: a rotation must not change a plan's bytes. */
	alsoTrustedIds: z.array(z.string()).optional(),
});
export type LaunchPlan = Readonly<z.infer<typeof LaunchPlan>>;

const common = {
	podUid: z.string(),
	pod: PodIdentity,
	/** Names the certificate, the instance's `Node` tag and the host; a DNS label made from the pod's uid. */
	cellName: z.string(),
	/** Counts the changes of this record; every save names the version that it has seen. */
	version: z.int().min(0),
	/** Attempts begun; 0 before the first plan. */
	attempt: z.int().min(0),
	stages: Stages,
	conditions: z.array(Condition),
	/** The latest ones, oldest first. */
	refusals: z.array(Refusal),
	/** The latest ones, oldest first. */
	losses: z.array(Loss).default([]),
	/** Of the current instance. */
	notice: Notice.optional(),
	/** When this pod may ask EC2 next: its turn at the pace that all workers keep. Absent: it has none yet. */
	turnAt: z.string().optional(),
	/** When the pod is given up if it has no instance by then; waiting for a turn moves it. */
	giveUpAt: z.string().optional(),
	/** Why the current attempt chose what it chose, or why nothing could be chosen. */
	decision: Decision.optional(),
};
const asked = { request: CellRequest };
const planned = {
	...asked,
	plan: LaunchPlan,
	/**
	 * Workers that ask EC2 for this plan and have not written down its answer. While there is one that may be
	 * alive, nobody makes another plan: its request may still be on its way, and would make a second instance.
	 */
	asks: z.array(z.object({ by: z.string(), at: z.string() })).default([]),
};
const running = { ...asked, plan: LaunchPlan, instance: Instance };
const whatIsThere = {
	request: CellRequest.optional(),
	plan: LaunchPlan.optional(),
	instance: Instance.optional(),
};
const waiting = {
	...asked,
	/** The last attempt's instance. It is ended before another one is asked for. */
	leaving: z.object({ plan: LaunchPlan, instance: Instance }).optional(),
	/** Uids of the pods that one call shall launch together with this one, itself among them. */
	party: z.array(z.string()).min(2).optional(),
};
const ending = { ...whatIsThere, reason: z.string(), message: z.string() };

/** The record of one pod's cell: one item per pod uid. A phase has exactly the parts that its type says. */
export const Cell = z.discriminatedUnion("phase", [
	z.object({ phase: z.literal("Scheduled"), ...common, ...waiting }),
	z.object({ phase: z.literal("Launching"), ...common, ...planned }),
	z.object({ phase: z.literal("Booting"), ...common, ...running }),
	z.object({ phase: z.literal("Ready"), ...common, ...running }),
	z.object({ phase: z.literal("Terminating"), ...common, ...ending }),
	z.object({ phase: z.literal("Terminated"), ...common, ...ending }),
	z.object({ phase: z.literal("Failed"), ...common, ...ending }),
]);
export type Cell = Readonly<z.infer<typeof Cell>>;
export type CellIn<P extends Phase> = Extract<Cell, { phase: P }>;

/** What an instance that a record holds costs an hour, by list price. */
export const CellCost = z.object({
	capacityType: CapacityType,
	hourlyUsd: z.number(),
	/** See `LaunchPlan`; without one, nothing counts as saved. */
	baselineHourlyUsd: z.number(),
});
export type CellCost = Readonly<z.infer<typeof CellCost>>;

/** What an index of the cells table shows of a record, a moment late. */
export type CellRow = Readonly<{
	podUid: string;
	phase: Phase;
	/** When it was last written. */
	changedAt: Date;
	instanceId?: string;
	/** Of the instance that the record holds, or is leaving. */
	cost?: CellCost;
}>;

/** A row that isn't one of this version's: somebody's all the same. */
export type UnreadableRow = Readonly<{
	podUid: string;
	instanceId?: string;
	/** What was wrong, for people, with none of what stood there. */
	problem: string;
}>;

export type UnsettledRows = Readonly<{
	rows: readonly CellRow[];
	unreadable: readonly UnreadableRow[];
}>;

/** Ways into the cells table other than the pod's uid. Both may be a moment late. */
export type CellIndex = Readonly<{
	/** The record, as last written, that holds this instance as its own or as the one that it is leaving. */
	byInstance(instanceId: string, signal: AbortSignal): Promise<Cell | undefined>;
	/** Every record that isn't settled: a pod that lives, waits, or of which an instance may be left. */
	unsettled(signal: AbortSignal): Promise<UnsettledRows>;
}>;

/** The cells table. */
export type CellStore = Readonly<{
	/** Writes a pod's first record, unless there is one: returns the record that stands, and whether it is ours. */
	claim(cell: Cell, signal: AbortSignal): Promise<{ cell: Cell; claimed: boolean }>;
	/** The record as last written (a consistent read). */
	get(podUid: string, signal: AbortSignal): Promise<Cell | undefined>;
	/**
	 * Writes a changed record over the version that it was made from; returns it with its new version.
	 *
	 * @throws ProvisionerError `conflict` when somebody else has written since.
	 */
	save(cell: Cell, signal: AbortSignal): Promise<Cell>;
}>;
