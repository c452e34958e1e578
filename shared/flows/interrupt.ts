import { afterLoss, type LossRules } from "../cells/after-loss.ts";
import type { Cell, CellIn, CellIndex, CellStore, Notice } from "../cells/model.ts";
import { noticed, withdrawn } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { Fleet, SeenInstance } from "../instances/model.ts";
import { refusalReason } from "../instances/refusals.ts";
import { type Interruption, readInterruption } from "../interruptions/events.ts";
import { tellsMore } from "../interruptions/stronger-notice.ts";
import { whyLost } from "../interruptions/why-lost.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { refusalOf, type ShareRefusalPorts, shareRefusal, where } from "./share-refusal.ts";

/** What an event of EC2's about an instance touches. */
export type InterruptPorts = ShareRefusalPorts &
	Readonly<{
		index: Pick<CellIndex, "byInstance">;
		cells: Pick<CellStore, "get" | "save">;
		fleet: Pick<Fleet, "find">;
		rules: LossRules;
		now: () => Date;
		metrics: Metrics;
	}>;

type Told = Extract<Interruption, { what: "notice" | "end" }>;
type Running = CellIn<"Booting" | "Ready">;

/** How often a record may change under one event before the event comes again. */
const racesPerInvocation = 10;

/**
 * DescribeInstances may be behind the event. A booting cell's end is judged by its reason, and so for want of one
 * such an event comes again while it is this fresh.
 */
const reasonMayComeMs = 60_000;

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
			if (!(error instanceof ProvisionerError) || error.kind !== "conflict") throw error;
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
	if (!runsOn(cell, instanceId)) {
		const { podUid, phase } = cell;
		// Its client token has made it: the repeated launch finds it, or that it has ended.
		const isLaunching = phase === "Launching" && cell.plan.clientToken === found.seen?.clientToken;
		const message = isLaunching
			? "instance is launch's own to find"
			: "no cell runs on the instance any more";
		ports.log.debug(message, { podUid, phase, instanceId });
		return;
	}
	if (told.what === "notice") return await warn(cell, told.notice, ports, signal);
	const seen = found.seen ?? (await ports.fleet.find(instanceId, signal));
	await lose(cell, told, seen?.stateReason, ports, signal);
}

/** The record that an instance belongs to. The index may not know it yet; then the instance's own tags say. */
async function recordOf(
	instanceId: string,
	{ index, fleet, cells, log }: InterruptPorts,
	signal: AbortSignal,
): Promise<{ cell: Cell; seen?: SeenInstance } | undefined> {
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

async function lose(
	cell: Running,
	{ instanceId, state, at }: Extract<Told, { what: "end" }>,
	stateReason: SeenInstance["stateReason"],
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	if (cell.phase === "Booting") {
		const ageMs = ports.now().getTime() - at.getTime();
		if (stateReason === undefined && ageMs < reasonMayComeMs)
			throw new ProvisionerError(
				"unavailable",
				"IncompleteAnswer",
				`EC2 doesn't say yet why instance ${instanceId}, which never became ready, is ${state}`,
			);
		if (stateReason !== undefined && isWantOfCapacity(stateReason))
			return await withdraw(cell, stateReason, ports, signal);
	}
	const why = whyLost({ state, stateReason, notice: cell.notice });
	const next = await ports.cells.save(afterLoss(cell, why, ports.rules, ports.now()), signal);
	ports.metrics.add("CellsLost", 1, { Reason: why.reason });
	if (next.phase === "Failed") ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	const { reason } = why;
	ports.log.warn("cell lost", { ...whose(cell), from: cell.phase, to: next.phase, reason });
}

const isWantOfCapacity = ({ code, message }: NonNullable<SeenInstance["stateReason"]>): boolean =>
	refusalReason({ code, message, httpStatus: undefined }) === "no-capacity";

/** EC2's late "no" to a launch that it had accepted: what a refusal does, it does. */
async function withdraw(
	cell: CellIn<"Booting">,
	{ code, message }: NonNullable<SeenInstance["stateReason"]>,
	ports: InterruptPorts,
	signal: AbortSignal,
): Promise<void> {
	const reason = "no-capacity";
	const refusal = refusalOf(cell.plan, { reason, code, message }, ports.now());
	const until = await shareRefusal(refusal, cell.podUid, ports, signal);
	await ports.cells.save(withdrawn(cell, refusal), signal);
	ports.metrics.add("LaunchesRefused", 1, { Reason: reason });
	ports.log.info("launch refused after it was accepted", {
		...whose(cell),
		...where(cell.plan),
		reason,
		code,
		...(until === undefined ? {} : { until }),
	});
}

const whose = ({ podUid, cellName, attempt, instance: { instanceId } }: Running) => ({
	podUid,
	cellName,
	attempt,
	instanceId,
});
