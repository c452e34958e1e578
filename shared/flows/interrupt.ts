import type { Cell, CellIn, CellIndex, CellStore, Notice } from "../cells/model.ts";
import { noticed } from "../cells/transitions.ts";
import { isConflict, ProvisionerError } from "../errors.ts";
import type { Fleet, SeenInstance } from "../instances/model.ts";
import { type Interruption, readInterruption } from "../interruptions/events.ts";
import { tellsMore } from "../interruptions/stronger-notice.ts";
import { type LoseCellPorts, loseCell, whose } from "./lose-cell.ts";

/** What an event of EC2's about an instance touches. */
export type InterruptPorts = LoseCellPorts &
	Readonly<{
		index: Pick<CellIndex, "byInstance">;
		cells: Pick<CellStore, "get" | "save">;
		fleet: Pick<Fleet, "find">;
	}>;

type Told = Extract<Interruption, { what: "notice" | "end" }>;
type Running = CellIn<"Booting" | "Ready">;
/** The record of an instance, and what EC2 shows of it where it was asked for that. */
type Found = Readonly<{ cell: Cell; seen?: SeenInstance }>;

/** How often a record may change under one event before the event comes again. */
const racesPerInvocation = 10;

/** While it is this fresh, an event may be ahead of DescribeInstances, and of the record that launch writes. */
const freshMs = 60_000;

/**
 * One event of EC2's or AWS Health's: a warning is written on the record, the end of an instance gives its pod
 * the next attempt, or its answer. Events may come late, twice and in any order; about somebody else's instance
 * they cost one query and one look at EC2.
 *
 * An event that can't be read is logged and settled: nobody could read it the next time.
 *
 * @throws ProvisionerError `unavailable` when the event shall come again; what a port throws.
 */
export async function interrupt(
	event: unknown,
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	const told = readInterruption(event);
	if (told.what === "unreadable") {
		ports.log.error("event can't be read", { faults: told.faults });
		return;
	}
	if (told.what === "nothing") return;
	const failures: unknown[] = [];
	for (const instanceId of told.what === "end" ? [told.instanceId] : told.instanceIds) {
		try {
			await settle(instanceId, told, ports, signal);
		} catch (error) {
			// The others of the event are warned all the same.
			failures.push(error);
		}
	}
	if (failures.length > 1)
		throw new AggregateError(failures, `${failures.length} instances of one event failed`);
	if (failures.length === 1) throw failures[0];
}

async function settle(
	instanceId: string,
	told: Told,
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	for (let race = 0; race < racesPerInvocation; race++) {
		try {
			await applied(instanceId, told, ports, signal);
			return;
		} catch (error) {
			if (!isConflict(error)) throw error;
		}
	}
	throw new ProvisionerError(
		"unavailable",
		"RecordChanged",
		`the record of instance ${instanceId} changed ${racesPerInvocation} times while an event was written to it`,
	);
}

/** @throws ProvisionerError `conflict` after a lost race: the record wants another look. */
async function applied(
	instanceId: string,
	told: Told,
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	const found = await recordOf(instanceId, ports, signal);
	if (found === undefined) return;
	const { cell } = found;
	if (!runsOn(cell, instanceId)) return passBy(found, instanceId, told, ports);
	if (told.what === "notice") return await warn(cell, told.notice, ports, signal);
	const seen = found.seen ?? (await ports.fleet.find(instanceId, signal));
	const { state } = told;
	if (seen?.stateReason !== undefined)
		return await loseCell(cell, { state, stateReason: seen.stateReason }, ports, signal);
	// A want of capacity must not be taken for a boot that failed.
	if (cell.phase === "Booting" && isFresh(told, ports))
		throw new ProvisionerError(
			"unavailable",
			"IncompleteAnswer",
			`EC2 doesn't say yet why instance ${instanceId}, which never became ready, is ${state}`,
		);
	await loseCell(cell, { state }, ports, signal);
}

/** No record runs on the instance: no longer, or not yet. */
function passBy(
	{ cell, seen }: Found,
	instanceId: string,
	told: Told,
	ports: Pick<InterruptPorts, "log" | "now">,
): void {
	const { podUid, phase } = cell;
	if (phase !== "Launching" || cell.plan.clientToken !== seen?.clientToken) {
		ports.log.debug("no cell runs on the instance any more", { podUid, phase, instanceId });
		return;
	}
	// Launch has EC2's yes, and mostly writes it down within moments: for an instance that has ended.
	if (told.what === "end" && isFresh(told, ports))
		throw new ProvisionerError(
			"unavailable",
			"RecordChanged",
			`the record of pod ${podUid} doesn't tell yet of instance ${instanceId}, which is ${told.state}`,
		);
	// Who has died before he did so is followed by another: the token tells him that it has ended.
	ports.log.info("instance is launch's own to find", { podUid, phase, instanceId });
}

const isFresh = ({ at }: { at: Date }, { now }: Pick<InterruptPorts, "now">): boolean =>
	now().getTime() - at.getTime() < freshMs;

/** The record that an instance belongs to. The index may not know it yet; then the instance's own tags say. */
async function recordOf(
	instanceId: string,
	{ index, fleet, cells, log }: InterruptPorts,
	signal: AbortSignal,
): Promise<Found | undefined> {
	const cell = await index.byInstance(instanceId, signal);
	if (cell !== undefined) return { cell };
	const seen = await fleet.find(instanceId, signal);
	if (seen === undefined) {
		log.debug("instance isn't ours", { instanceId });
		return undefined;
	}
	const tagged = seen.podUid === undefined ? undefined : await cells.get(seen.podUid, signal);
	if (tagged !== undefined) return { cell: tagged, seen };
	// The janitor ends it, if it lives.
	log.warn("instance has no record", { instanceId, podUid: seen.podUid, state: seen.state });
	return undefined;
}

const runsOn = (cell: Cell, instanceId: string): cell is Running =>
	(cell.phase === "Booting" || cell.phase === "Ready") && cell.instance.instanceId === instanceId;

async function warn(
	cell: Running,
	notice: Notice,
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	if (!tellsMore(notice, cell.notice)) return;
	await ports.cells.save(noticed(cell, notice, ports.now()), signal);
	const { reason, deadline } = notice;
	ports.metrics.add("Interruptions", 1, { Reason: reason });
	ports.log.warn("cell is at risk", { ...whose(cell), reason, deadline });
}
