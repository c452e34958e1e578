import type { CellIn, CellStore } from "../cells/model.ts";
import { queued } from "../cells/transitions.ts";
import type { ProviderConfig } from "../config/provider.ts";
import { ProvisionerError } from "../errors.ts";
import type { LaunchTurns } from "../pace/model.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What waiting for a turn at EC2 touches. */
export type TurnPorts = Readonly<{
	cells: CellStore;
	turns: LaunchTurns;
	config: ProviderConfig;
	now: () => Date;
	metrics: Metrics;
}>;

/** A pod that has waited so long for its turns is given up when its own time is over. */
const longestTurnsMs = 6 * 3_600_000;

/** After its leader's turn, who was to be launched with it looks whether that has happened. */
const followersAfterSeconds = 20;

/** SQS hides a message for twelve hours at most, counted from its receipt. */
const longestWaitSeconds = 11 * 3_600;

type Waiting = CellIn<"Scheduled" | "Launching">;

/** Whether the party's turn at EC2 is still to come: each pod is in `back` then, to come again with it. */
export async function waitsForTurn(
	party: readonly Waiting[],
	back: Map<string, unknown>,
	ports: TurnPorts,
	signal: AbortSignal,
): Promise<boolean> {
	const at = await turnOf(party, ports, signal);
	if (at === undefined) return false;
	for (const [place, { podUid }] of party.entries())
		back.set(podUid, untilTurn(at, place, ports.now()));
	return true;
}

/**
 * The party's turn at EC2, taken where it has none.
 *
 * @returns undefined when it has come; else when it comes, written on every record.
 */
async function turnOf(
	party: readonly Waiting[],
	ports: TurnPorts,
	signal: AbortSignal,
): Promise<Date | undefined> {
	const standing = party
		.flatMap(({ turnAt }) => turnAt ?? [])
		.toSorted()
		.at(-1);
	const at =
		standing === undefined ? await ports.turns.take(party.length, signal) : new Date(standing);
	const now = ports.now();
	if (standing === undefined)
		ports.metrics.add("TurnWaitSeconds", Math.max(0, at.getTime() - now.getTime()) / 1000, {});
	if (at <= now) return undefined;
	if (standing === undefined)
		await Promise.all(
			party.map(async (cell) => ports.cells.save(waitingFor(at, cell, party, ports, now), signal)),
		);
	return at;
}

const waitingFor = (
	at: Date,
	cell: Waiting,
	party: readonly Waiting[],
	ports: TurnPorts,
	now: Date,
): Waiting => {
	const longest =
		new Date(cell.stages.againAt ?? cell.stages.acceptedAt).getTime() + longestTurnsMs;
	const later = giveUpAtOf(cell, ports.config).getTime() + at.getTime() - now.getTime();
	const next = queued(cell, at, new Date(Math.min(longest, later)), now);
	return next.phase === "Scheduled" && party.length > 1
		? { ...next, party: party.map(({ podUid }) => podUid) }
		: next;
};

/** When a pod that has no instance is given up. */
export const giveUpAtOf = ({ giveUpAt, stages }: Waiting, { cells }: ProviderConfig): Date =>
	giveUpAt === undefined
		? new Date(new Date(stages.acceptedAt).getTime() + cells.capacityTimeoutSeconds * 1000)
		: new Date(giveUpAt);

/** The messages come back when the turn has come: the leader's first. */
const untilTurn = (at: Date, place: number, now: Date): ProvisionerError => {
	const seconds = Math.max(1, Math.ceil((at.getTime() - now.getTime()) / 1000));
	return new ProvisionerError(
		"unavailable",
		"WaitingForTurn",
		`EC2 is asked at ${at.toISOString()}: it takes so many launches a second`,
		{
			retryAfterSeconds: Math.min(
				longestWaitSeconds,
				place === 0 ? seconds : seconds + followersAfterSeconds,
			),
		},
	);
};
