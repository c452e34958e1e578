import type { Stages } from "../cells/model.ts";

/**
 * The stages of a birth: each lasts from one instant of the record to the next. For a pod that has lost a cell, a
 * birth begins when it began to wait for the next one.
 */
const stages = {
	/** On the queue. */
	queue: ["sentAt", "acceptedAt"],
	/** Choosing, identity, user data; includes waiting for capacity. */
	plan: ["acceptedAt", "plannedAt"],
	/** EC2's answer to RunInstances. */
	launch: ["plannedAt", "launchedAt"],
	/** The machine, its image and the agent. */
	boot: ["launchedAt", "answeredAt"],
	/** From the agent's first pong to Ready written. */
	confirm: ["answeredAt", "readyAt"],
	total: ["sentAt", "readyAt"],
} as const satisfies Record<string, readonly [keyof Stages, keyof Stages]>;

export type Stage = keyof typeof stages;

/** How long each stage took, in milliseconds; stages that are not over are absent. */
export const stageDurationsMs = ({ againAt, ...first }: Stages): Partial<Record<Stage, number>> => {
	const reached: Stages =
		againAt === undefined ? first : { ...first, sentAt: againAt, acceptedAt: againAt };
	return Object.fromEntries(
		Object.entries(stages).flatMap(([stage, [from, to]]) => {
			const start = reached[from];
			const end = reached[to];
			// The next cell of a pod is on no queue.
			if (start === undefined || end === undefined || (stage === "queue" && againAt)) return [];
			// Two machines' clocks may disagree by a little.
			return [[stage, Math.max(0, new Date(end).getTime() - new Date(start).getTime())]];
		}),
	);
};
