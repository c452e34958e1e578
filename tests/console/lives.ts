import fc from "fast-check";
import type { Cell } from "../../shared/cells/model.ts";
import {
	again,
	booting,
	ended,
	failed,
	launching,
	left,
	noticed,
	ready,
	refused,
	settled,
	terminated,
	terminating,
	waiting,
	withdrawn,
} from "../../shared/cells/transitions.ts";
import { aDecision, anInstance, aPlan, aRefusal, aScheduledCell } from "../support/cells.ts";

/** One change of a record; undefined where this cell can't go through it. */
type Change = (cell: Cell, now: Date) => Cell | undefined;

const why = { reason: "Because", message: "it was so" };

const changes = {
	plan: (cell, now) =>
		cell.phase === "Scheduled" && cell.leaving === undefined
			? launching(cell, aPlan({ attempt: cell.attempt + 1 }), aDecision(), "worker", now)
			: undefined,
	accept: (cell, now) =>
		cell.phase === "Launching"
			? booting(cell, anInstance({ instanceId: `i-${cell.attempt}` }), now)
			: undefined,
	refuse: (cell, now) =>
		cell.phase === "Launching" ? waiting(refused(cell, refusalAt(cell, now)), why, now) : undefined,
	throttle: (cell, now) =>
		cell.phase === "Launching" ? refused(cell, refusalAt(cell, now)) : undefined,
	/** Not where the plan was refused before: then the record doesn't say when. */
	giveUpPlan: (cell, now) =>
		cell.phase === "Launching" && cell.refusals.every(({ attempt }) => attempt !== cell.attempt)
			? waiting(cell, why, now)
			: undefined,
	withdraw: (cell, now) =>
		cell.phase === "Booting" ? withdrawn(cell, refusalAt(cell, now)) : undefined,
	answer: (cell, now) => (cell.phase === "Booting" ? ready(cell, now, now) : undefined),
	lose: (cell, now) =>
		cell.phase === "Booting" || cell.phase === "Ready" ? again(cell, why, now, now) : undefined,
	leave: (cell) =>
		cell.phase === "Scheduled" && cell.leaving !== undefined ? left(cell, undefined) : undefined,
	warn: (cell, now) =>
		cell.phase === "Booting" || cell.phase === "Ready"
			? noticed(cell, { reason: "SpotInterruption", message: "soon", at: now.toISOString() }, now)
			: undefined,
	fail: (cell, now) => (isLiving(cell) ? failed(cell, why, now) : undefined),
	release: (cell, now) => (isLiving(cell) ? terminating(cell, why, now) : undefined),
	end: (cell, now) => {
		if (cell.phase === "Terminating") return terminated(cell, cell.instance, now);
		return cell.phase === "Failed" && cell.instance !== undefined
			? ended(cell, cell.instance, undefined, now)
			: undefined;
	},
	settle: (cell, now) =>
		cell.phase === "Failed" || cell.phase === "Terminated" ? settled(cell, now) : undefined,
} as const satisfies Record<string, Change>;
type ChangeName = keyof typeof changes;

type Living = Extract<Cell, { phase: "Scheduled" | "Launching" | "Booting" | "Ready" }>;
const isLiving = (cell: Cell): cell is Living =>
	["Scheduled", "Launching", "Booting", "Ready"].includes(cell.phase);

const refusalAt = ({ attempt }: Cell, now: Date) => aRefusal({ attempt, at: now.toISOString() });

/** One version of a record, and when it was written. */
export type Written = Readonly<{ cell: Cell; atMs: number }>;

/** All versions of a record that goes through these changes, one a second; those that it can't are left out. */
export function lifeOf(names: readonly ChangeName[]): readonly Written[] {
	let cell: Cell = aScheduledCell();
	let atMs = Date.parse(cell.stages.acceptedAt);
	const written: Written[] = [{ cell, atMs }];
	for (const name of names) {
		atMs += 1_000;
		const next: Cell | undefined = changes[name](cell, new Date(atMs));
		if (next === undefined) continue;
		cell = { ...next, version: cell.version + 1 };
		written.push({ cell, atMs });
	}
	return written;
}

const isChange = (name: string): name is ChangeName => Object.hasOwn(changes, name);
const names = Object.keys(changes).filter(isChange);

/** Mostly what leads to another cell: lives that end at once show little. */
const lively = names.filter((name) => !["fail", "release"].includes(name));

export const lives: fc.Arbitrary<readonly Written[]> = fc
	.array(
		fc.oneof(
			{ weight: 20, arbitrary: fc.constantFrom(...lively) },
			{ weight: 6, arbitrary: fc.constantFrom(...names) },
		),
		{ maxLength: 60 },
	)
	.map(lifeOf);
