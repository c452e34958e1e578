import type { Cell, Condition, Evidence, Loss } from "../../../shared/cells/model.ts";
import { type Stage, stageDurationsMs } from "../../../shared/flows/stage-durations.ts";
import type { CapacityType } from "../../../shared/offerings/model.ts";

/** Something that happened to a pod. */
export type Happening = Readonly<{
	/** ISO 8601. */
	at: string;
	/** The attempt that it belongs to, where it belongs to one. */
	attempt?: number;
	what:
		| "sent"
		| "accepted"
		| "refused"
		| "launched"
		| "answered"
		| "ready"
		| "warned"
		| "lost"
		| "planned"
		| "failed"
		| "ended"
		| "settled";
	/** The rest of the sentence, for people. */
	detail: string;
	/** Of an instance that was lost: what there was to see of it. */
	evidence?: Evidence;
}>;

/** One pod's life as its record tells it; holds nothing of its containers. */
export type PodStory = Readonly<{
	pod: Readonly<{ namespace: string; name: string; uid: string }>;
	phase: Cell["phase"];
	attempt: number;
	/** Of a cell that ends, has ended or failed. */
	reason?: string;
	message?: string;
	/** The current instance, or the last one. */
	instance?: Readonly<{ instanceId: string; bought: string; address: string }>;
	/** What the pod waits for, a sentence each. */
	waits: readonly string[];
	/** Why the current attempt chose what it chose, or why nothing could be chosen. */
	choice?: string;
	/** In the order of time. Of refusals and losses, the record keeps the latest ones. */
	happenings: readonly Happening[];
	/** Of the current attempt. */
	stagesMs: Readonly<Partial<Record<Stage, number>>>;
	conditions: readonly Condition[];
}>;

export function storyOf(cell: Cell): PodStory {
	const { pod, phase, attempt, decision, stages, conditions } = cell;
	return {
		pod: { namespace: pod.namespace, name: pod.name, uid: pod.uid },
		phase,
		attempt,
		...("reason" in cell ? { reason: cell.reason, message: cell.message } : {}),
		...instanceOf(cell),
		waits: waitsOf(cell),
		...(decision === undefined ? {} : { choice: decision.summary }),
		happenings: happeningsOf(cell),
		stagesMs: stageDurationsMs(stages),
		conditions,
	};
}

const planOf = (cell: Cell) => ("plan" in cell ? cell.plan : undefined);

const boughtText = (bought: {
	instanceType: string;
	zone: string;
	capacityType: CapacityType;
	hourlyUsd: number;
}): string =>
	`${bought.instanceType} in ${bought.zone}, ${bought.capacityType}, at ${bought.hourlyUsd} USD/h`;

function instanceOf(cell: Cell): Pick<PodStory, "instance"> {
	const plan = planOf(cell);
	const instance = "instance" in cell ? cell.instance : undefined;
	if (plan === undefined || instance === undefined) return {};
	const { instanceId, address } = instance;
	return { instance: { instanceId, address, bought: boughtText({ ...plan.offering, ...plan }) } };
}

/** What stands between the pod and its instance. */
export function waitsOf(cell: Cell): readonly string[] {
	if (cell.phase !== "Scheduled" && cell.phase !== "Launching") return [];
	const { turnAt, giveUpAt, conditions } = cell;
	const leaving = cell.phase === "Scheduled" ? cell.leaving : undefined;
	const launched = conditions.find(({ type, status }) => type === "Launched" && status === "False");
	return [
		...(leaving === undefined
			? []
			: [`${leaving.instance.instanceId} is ended before the next one is asked for`]),
		...(launched === undefined ? [] : [`${launched.reason}: ${launched.message}`]),
		...(turnAt === undefined ? [] : [`its turn at EC2 is at ${turnAt}`]),
		...(giveUpAt === undefined ? [] : [`given up at ${giveUpAt}, if it has no instance by then`]),
	];
}

/** In the order in which things happen, so that what has one time stays in it. */
function happeningsOf(cell: Cell): readonly Happening[] {
	const { stages, refusals, losses } = cell;
	const refused = refusals.map(
		({ at, attempt, instanceType, zone, capacityType, code, message }): Happening => ({
			at,
			attempt,
			what: "refused",
			detail: `${instanceType} in ${zone}, ${capacityType}: ${code}: ${message}`,
		}),
	);
	const all = [
		...told(stages.sentAt, "sent", "its message was put on the queue"),
		...told(stages.acceptedAt, "accepted", "its record was written"),
		...refused,
		...losses.flatMap(lossHappenings),
		...currentHappenings(cell),
		...endHappenings(cell),
	];
	return all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

const told = (
	at: string | undefined,
	what: Happening["what"],
	detail: string,
	attempt?: number,
): readonly Happening[] =>
	at === undefined ? [] : [{ at, ...(attempt === undefined ? {} : { attempt }), what, detail }];

function lossHappenings(loss: Loss): readonly Happening[] {
	const { attempt, instanceId, launchedAt, readyAt, at, reason, message, evidence } = loss;
	return [
		...told(launchedAt, "launched", `${instanceId}, a ${boughtText(loss)}`, attempt),
		...told(readyAt, "ready", "the agent answers with its own certificate", attempt),
		{
			at,
			attempt,
			what: "lost",
			detail: `${instanceId}: ${reason}: ${message}`,
			...(evidence === undefined ? {} : { evidence }),
		},
	];
}

/** Of the attempt that isn't over, unless its instance stands among the losses already. */
function currentHappenings(cell: Cell): readonly Happening[] {
	const { stages, attempt, decision, notice } = cell;
	const plan = planOf(cell);
	const instance = "instance" in cell ? cell.instance : undefined;
	if (plan === undefined) return [];
	const planned = told(stages.plannedAt, "planned", decision?.summary ?? "", attempt);
	const warned = notice === undefined ? [] : told(notice.at, "warned", noticeText(notice), attempt);
	const isTold = cell.losses.some(({ instanceId }) => instanceId === instance?.instanceId);
	if (instance === undefined || isTold) return [...planned, ...warned];
	const launched = `${instance.instanceId}, a ${boughtText({ ...plan.offering, ...plan })}`;
	return [
		...planned,
		...told(stages.launchedAt, "launched", launched, attempt),
		...told(stages.answeredAt, "answered", "the agent's first pong", attempt),
		...told(stages.readyAt, "ready", "the agent answers with its own certificate", attempt),
		...warned,
	];
}

/** What EC2 has said about the instance's end, with its deadline. */
export const noticeText = ({ reason, message, deadline }: NonNullable<Cell["notice"]>): string =>
	`${reason}: ${message}${deadline === undefined ? "" : `; it ends at ${deadline}`}`;

function endHappenings(cell: Cell): readonly Happening[] {
	const { stages } = cell;
	if (!("reason" in cell)) return [];
	const instanceId = cell.instance?.instanceId;
	const ended = instanceId === undefined ? "no instance was left" : `${instanceId} was told to end`;
	return [
		...told(stages.failedAt, "failed", `${cell.reason}: ${cell.message}`),
		...told(stages.endedAt, "ended", `${cell.reason}: ${ended}`),
		...told(stages.settledAt, "settled", "nothing of it can be left"),
	];
}
