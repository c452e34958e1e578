import type { Cell, CellIn } from "../cells/model.ts";
import { ProvisionerError } from "../errors.ts";
import { boot } from "./boot.ts";
import { leaveInstance } from "./end-instance.ts";
import type { Returned } from "./gathering.ts";
import type { LaunchPorts } from "./launch-ports.ts";
import { planParty } from "./plan-party.ts";

type Launchable = CellIn<"Scheduled" | "Launching">;

/** Plans and refusals that one invocation works through before it gives the messages back. */
const roundsPerInvocation = 24;

/**
 * Step after step until each pod has its instance or its answer, or must come again.
 *
 * @param found pods that go the same way, all of one phase.
 */
export async function advance(
	found: readonly Launchable[],
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<Returned> {
	const back = new Map<string, unknown>();
	let party = found;
	for (let round = 0; round < roundsPerInvocation && party.length > 0; round++) {
		signal.throwIfAborted();
		const after = await step(party, back, ports, signal);
		party = after.flatMap((cell) =>
			cell.phase === "Scheduled" && !back.has(cell.podUid) ? [cell] : [],
		);
	}
	for (const { podUid } of party) back.set(podUid, manyRefusals(podUid));
	return back;
}

/** One plan and one question to EC2; or, for those that have a plan, the question again. */
async function step(
	party: readonly Launchable[],
	back: Map<string, unknown>,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<readonly Cell[]> {
	const planned = party.flatMap((cell) => (cell.phase === "Launching" ? [cell] : []));
	if (planned.length > 0) return await boot(planned, false, back, ports, signal);
	const waiting: CellIn<"Scheduled">[] = [];
	for (const cell of party)
		if (cell.phase === "Scheduled") waiting.push(await withoutLast(cell, ports, signal));
	const launching = await planParty(waiting, back, ports, signal);
	return await boot(launching, true, back, ports, signal);
}

/** Before anything is asked for: the instance that the pod has lost ends. */
async function withoutLast(
	cell: CellIn<"Scheduled">,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<CellIn<"Scheduled">> {
	if (cell.leaving === undefined) return cell;
	const saved = await ports.cells.save(await leaveInstance(cell, ports, signal), signal);
	if (saved.phase === "Scheduled") return saved;
	throw new RangeError("a record that leaves its instance stays Scheduled");
}

const manyRefusals = (podUid: string) =>
	new ProvisionerError(
		"unavailable",
		"ManyRefusals",
		`pod ${podUid} was refused many times in one go; it goes on with the next delivery`,
		{ retryAfterSeconds: 5 },
	);
