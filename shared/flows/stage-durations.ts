import type { Stages } from "../cells/model.ts";

/** The stages of a birth: each lasts from one instant of the record to the next. */
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
export const stageDurationsMs = (reached: Stages): Partial<Record<Stage, number>> =>
	Object.fromEntries(
		Object.entries(stages).flatMap(([stage, [from, to]]) => {
			const start = reached[from];
			const end = reached[to];
			if (start === undefined || end === undefined) return [];
			// Two machines' clocks may disagree by a little.
			return [[stage, Math.max(0, new Date(end).getTime() - new Date(start).getTime())]];
		}),
	);
