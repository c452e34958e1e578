import type { LaunchPlan, Refusal } from "../cells/model.ts";
import type { RefusalReason } from "../instances/model.ts";
import { ruledOutBy, ruledOutKey } from "../offerings/availability.ts";
import type { Subnets } from "../offerings/model.ts";
import type { SetAsideList } from "../offerings/set-aside.ts";
import type { Log } from "../telemetry/log.ts";

/** What telling of a refusal touches. */
export type ShareRefusalPorts = Readonly<{
	subnets: Subnets;
	setAside: Pick<SetAsideList, "add">;
	log: Log;
}>;

/**
 * Tells all workers what this refusal rules out.
 *
 * @returns until when; undefined where it rules nothing out, or nobody could be told. The record keeps the
 *   refusal anyway.
 */
export async function shareRefusal(
	refusal: Refusal,
	podUid: string,
	ports: ShareRefusalPorts,
	signal: AbortSignal,
): Promise<string | undefined> {
	if (ruledOutBy(refusal, []).length === 0) return undefined;
	try {
		const ruledOut = ruledOutBy(refusal, await ports.subnets.list(signal));
		const standing = await ports.setAside.add(refusal, ruledOut, signal);
		const keys = new Set(ruledOut.map(ruledOutKey));
		return standing.find((entry) => keys.has(ruledOutKey(entry.ruledOut)))?.until;
	} catch (error) {
		ports.log.warn("refusal could not be shared", { podUid, code: refusal.code, error });
		return undefined;
	}
}

/** What a record keeps of EC2's "no" to a plan. */
export const refusalOf = (
	plan: LaunchPlan,
	{ reason, code, message }: Readonly<{ reason: RefusalReason; code: string; message: string }>,
	now: Date,
): Refusal => ({
	attempt: plan.attempt,
	...where(plan),
	subnetId: plan.subnetId,
	reason,
	code,
	message: message.slice(0, messageKept),
	at: now.toISOString(),
});

/** A plan's place, as refusals and log lines name it. */
export const where = ({ offering: { instanceType, zoneId, capacityType }, zone }: LaunchPlan) => ({
	instanceType,
	zoneId,
	zone,
	capacityType,
});

/** EC2's words, as much as a record keeps: the zones that it names come last. */
const messageKept = 500;
