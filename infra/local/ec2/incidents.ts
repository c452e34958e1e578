import type { CapacityPattern } from "./capacity.ts";
import { type EndReason, end, spotTermination } from "./lifecycle.ts";
import type { SimulatedInstance } from "./model.ts";
import type { Ec2Events, Region } from "./region.ts";

/** What befalls instances without anybody having asked for it. Unknown instances are a RangeError. */
export type Incidents = Readonly<{
	/** Spot's warning now, and the instance's end so many ms later: two minutes where nothing is said. */
	warnSpot(instanceId: string, afterMs?: number): void;
	recommendRebalance(instanceId: string): void;
	/** AWS Health: the hardware is retired then. Nothing else happens. */
	scheduleChange(instanceId: string, startsAt: Date): void;
	/** Launches of these are accepted from now on, and die pending for want of capacity. @returns ends it. */
	failPending(pattern: CapacityPattern): () => void;
	/** Ends an instance for EC2's own reasons. */
	endAs(instanceId: string, reason: EndReason): void;
	/** From now on, new instances can't be found for so long; what was launched before isn't touched. */
	forgetNew(ms: number): void;
}>;

const spotWarningMs = 120_000;

export function incidentsIn(region: Region): Incidents {
	const known = (instanceId: string): SimulatedInstance => {
		const instance = region.instances.get(instanceId);
		if (instance === undefined) throw new RangeError(`there is no instance ${instanceId}`);
		return instance;
	};
	const notice = (told: Ec2Events["notice"][0]) => region.events.emit("notice", told);
	return {
		warnSpot(instanceId, afterMs = spotWarningMs) {
			const instance = known(instanceId);
			if (instance.market !== "spot") {
				throw new RangeError(`${instanceId} is not a spot instance: EC2 doesn't interrupt it`);
			}
			notice({ what: "spot-interruption", instanceId, atMs: region.clock.nowMs() });
			region.later(afterMs, () => end(region, instance, spotTermination));
		},
		recommendRebalance(instanceId) {
			known(instanceId);
			notice({ what: "rebalance", instanceId, atMs: region.clock.nowMs() });
		},
		scheduleChange(instanceId, startsAt) {
			known(instanceId);
			notice({ what: "scheduled-change", instanceId, startsAt, atMs: region.clock.nowMs() });
		},
		failPending(pattern) {
			const own = { ...pattern };
			region.doomed.add(own);
			return () => region.doomed.delete(own);
		},
		endAs: (instanceId, reason) => end(region, known(instanceId), reason),
		forgetNew(ms) {
			region.visibility.afterMs = ms;
		},
	};
}
