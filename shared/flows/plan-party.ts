import type { Cell, CellIn } from "../cells/model.ts";
import { failed, launching, waiting } from "../cells/transitions.ts";
import { unlessChanged } from "../cells/unless-changed.ts";
import { ProvisionerError } from "../errors.ts";
import type { CellLimits } from "../limits/model.ts";
import type { Decision } from "../offerings/model.ts";
import { type TurnPorts, waitsForTurn } from "./launch-turn.ts";
import { type Attempt, type PlanPorts, planAttempt, plansFor } from "./plan-attempt.ts";

/** What giving pods their plan touches. */
export type PlanPartyPorts = PlanPorts & TurnPorts & Readonly<{ limits: CellLimits }>;

type Waiting = CellIn<"Scheduled">;

/** When a pod that waits for capacity or a limit looks again: what stands in its way may end sooner. */
const mostWaitSeconds = 20;

/**
 * The next attempt of pods that one call launches: chosen, its turn come, its share of the limits taken, and
 * written on each record before anything is done about it. Whoever can't go on is in `back`.
 *
 * @param party in the order of their places.
 */
export async function planParty(
	party: readonly Waiting[],
	back: Map<string, unknown>,
	ports: PlanPartyPorts,
	signal: AbortSignal,
): Promise<readonly CellIn<"Launching">[]> {
	const [lead] = party;
	if (lead === undefined) return [];
	const number = Math.max(...party.map(({ attempt }) => attempt)) + 1;
	const planned = await planAttempt(lead, number, ports, signal);
	if (planned.outcome === "impossible") {
		for (const cell of party) await fail(cell, planned, ports, signal, planned.decision);
		return [];
	}
	if (planned.outcome === "refused") {
		const { reason, message, decision, until } = planned;
		for (const cell of party) {
			// Nothing is asked for on its behalf: others may have its share meanwhile.
			await ports.limits.giveBack(cell.podUid, signal);
			await wait(cell, { reason, message }, until, back, ports, signal, decision);
		}
		return [];
	}
	if (await waitsForTurn(party, back, ports, signal)) return [];
	const within = await withinLimits(party, planned, back, ports, signal);
	return await written(within, planned, back, ports, signal);
}

/** Those of the party whose cells the operator's limits allow now; the others wait. */
async function withinLimits(
	party: readonly Waiting[],
	{ attempt, common, decision }: Attempt,
	back: Map<string, unknown>,
	ports: PlanPartyPorts,
	signal: AbortSignal,
): Promise<readonly Waiting[]> {
	const { hourlyUsd } = common.offering;
	const shares = party.map(({ podUid }) => ({ podUid, attempt, hourlyUsd }));
	const allowed = await ports.limits.take(shares, signal);
	for (const cell of party) {
		if (allowed.has(cell.podUid)) continue;
		const { party: _, ...alone } = cell;
		const why = { reason: "LimitReached", message: limitText(hourlyUsd, ports) };
		await wait(alone, why, undefined, back, ports, signal, decision);
	}
	return party.filter(({ podUid }) => allowed.has(podUid));
}

const limitText = (hourlyUsd: number, { config: { limits } }: PlanPartyPorts): string => {
	const { cells, hourlyUsd: most } = limits;
	const set = [
		...(cells === undefined ? [] : [`limits.cells: ${cells}`]),
		...(most === undefined ? [] : [`limits.hourlyUsd: ${most}`]),
	];
	return `one more cell, at ${hourlyUsd} USD an hour, would exceed what the operator allows (${set.join(", ")})`;
};

/**
 * Writes the plans, one after the other. A group is asked for when all of it is written, or never: a pod that
 * somebody else has changed may have a plan of its own by now, and would get a second instance.
 */
async function written(
	party: readonly Waiting[],
	attempt: Attempt,
	back: Map<string, unknown>,
	ports: PlanPartyPorts,
	signal: AbortSignal,
): Promise<readonly CellIn<"Launching">[]> {
	const launched: CellIn<"Launching">[] = [];
	for (const [place, plan] of plansFor(party, attempt, ports).entries()) {
		const cell = party[place];
		if (cell === undefined) continue;
		const next = launching(cell, plan, attempt.decision, ports.by, ports.now());
		const saved = await unlessChanged(ports.cells.save(next, signal));
		if (saved?.phase !== "Launching") {
			for (const { podUid } of party) back.set(podUid, changed(podUid));
			for (const each of launched) await undone(each, ports, signal);
			return [];
		}
		launched.push(saved);
	}
	return launched;
}

/** Nobody has asked for it: the pod waits as before, by itself. */
async function undone(
	cell: CellIn<"Launching">,
	ports: PlanPartyPorts,
	signal: AbortSignal,
): Promise<void> {
	const { reason, message } = changed(cell.podUid);
	const { party: _, ...alone } = waiting(cell, { reason, message }, ports.now());
	await unlessChanged(ports.cells.save(alone, signal));
}

const changed = (podUid: string) =>
	new ProvisionerError(
		"conflict",
		"RecordChanged",
		`the record of pod ${podUid} has changed while its cell was planned`,
	);

async function wait(
	cell: Waiting,
	why: { reason: string; message: string },
	until: Date | undefined,
	back: Map<string, unknown>,
	ports: PlanPartyPorts,
	signal: AbortSignal,
	decision: Decision,
): Promise<void> {
	const now = ports.now();
	const { reason, message } = why;
	try {
		await ports.cells.save({ ...waiting(cell, why, now), decision }, signal);
		const retryAfterSeconds = secondsUntil(until, now);
		back.set(
			cell.podUid,
			new ProvisionerError("unavailable", reason, message, { retryAfterSeconds }),
		);
	} catch (error) {
		back.set(cell.podUid, error);
	}
}

const secondsUntil = (until: Date | undefined, now: Date): number => {
	const seconds = Math.ceil(((until ?? now).getTime() - now.getTime()) / 1000);
	return until === undefined ? mostWaitSeconds : Math.min(Math.max(seconds, 1), mostWaitSeconds);
};

/** The pod's answer is no; its share of the limits is given back by reconcile. */
export async function fail(
	cell: CellIn<"Scheduled" | "Launching">,
	{ reason, message }: { reason: string; message: string },
	ports: Pick<PlanPartyPorts, "cells" | "now" | "log" | "metrics">,
	signal: AbortSignal,
	decision?: Decision,
): Promise<Cell> {
	const why = { reason, message };
	const saved = await ports.cells.save(failed(cell, why, ports.now(), decision), signal);
	ports.metrics.add("CellsFailed", 1, { Reason: reason });
	ports.log.info("pod failed", { podUid: cell.podUid, pod: cell.pod, ...why });
	return saved;
}
