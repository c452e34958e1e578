import type { UnsettledRows } from "../../cells/model.ts";
import type { LivingInstances } from "../../instances/model.ts";
import { oneByOne } from "./one-by-one.ts";
import type { JanitorPorts } from "./ports.ts";
import { seenBefore } from "./seen-before.ts";

type ParameterPorts = Pick<
	JanitorPorts,
	"cellParameters" | "fleet" | "sightings" | "config" | "controllerId" | "now" | "log"
>;

/**
 * Deletes parameters of instances that are gone, at their second sighting. They are secrets; nobody reads them
 * any more.
 *
 * @returns how many instances' could not be handled.
 */
export async function removeParameters(
	{ machines, unreadable }: LivingInstances,
	ports: ParameterPorts,
	signal: AbortSignal,
): Promise<number> {
	if (!ports.config.cells.useCloudParameterStore) return 0;
	const alive = new Set([...machines, ...unreadable].map(({ instanceId }) => instanceId));
	const owners = await ports.cellParameters.owners({ KipControllerID: ports.controllerId }, signal);
	return await oneByOne(
		owners.filter((instanceId) => !alive.has(instanceId)),
		(instanceId) => ({ instanceId }),
		async (instanceId) => {
			// A new instance gets its parameters at once, and EC2's list may lack it for a while.
			const found = await ports.fleet.find(instanceId, signal);
			if (found !== undefined && !endedStates.has(found.state)) return;
			if (!(await seenBefore(`parameters#${instanceId}`, ports, signal))) return;
			await ports.cellParameters.remove(instanceId, signal);
			ports.log.warn("parameters deleted of an instance that is gone", { instanceId });
		},
		ports.log,
		signal,
	);
}

const endedStates: ReadonlySet<string> = new Set(["shutting-down", "terminated"]);

/** A record is written before its pod takes its share, and the index shows it long before this is over. */
const shareSettlesMs = 600_000;

/**
 * Gives back shares of the limits that no pod holds any more.
 *
 * Whoever is in one of two readings of the index, or has a machine, keeps his: the index is a moment late, and
 * a row that was just being written can be missing from one reading. When a share was taken is by the clock of
 * who took it: if that one is more than ten minutes behind, a share may go that was just taken, unless the
 * index knows its pod by then, which takes a second.
 *
 * @returns 0: it is one write, which succeeds or throws.
 */
export async function giveBackShares(
	records: UnsettledRows,
	living: LivingInstances,
	{ index, limits, now, log }: Pick<JanitorPorts, "index" | "limits" | "now" | "log">,
	signal: AbortSignal,
): Promise<number> {
	const takenBefore = new Date(now().getTime() - shareSettlesMs);
	const again = await index.unsettled(signal);
	const holders = [
		...[records, again].flatMap(({ rows, unreadable }) => [...rows, ...unreadable]),
		...living.machines,
		...living.unreadable,
	].flatMap(({ podUid }) => podUid ?? []);
	const given = await limits.keepOnly(new Set(holders), takenBefore, signal);
	if (given > 0) log.error("shares of the limits given back that no pod held", { shares: given });
	return 0;
}
