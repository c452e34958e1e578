import type { SimulatedInstance } from "../../infra/local/ec2/model.ts";
import type { SimulatedEc2 } from "../../infra/local/ec2/server.ts";

/** Watches every change of every instance: whether a pod ever has two that live. */
export function watchFleet(ec2: SimulatedEc2) {
	const living = new Map<string, string>();
	const doubles: string[] = [];
	let launched = 0;
	let most = 0;
	ec2.events.on("state-change", ({ instanceId, state }) => {
		if (state === "shutting-down" || state === "terminated") {
			living.delete(instanceId);
			return;
		}
		if (living.has(instanceId)) return;
		launched += 1;
		const instance = ec2.instance(instanceId);
		const podUid = instance === undefined ? "" : podUidOf(instance);
		const others = [...living].filter(([, uid]) => uid === podUid).map(([id]) => id);
		living.set(instanceId, podUid);
		most = Math.max(most, living.size);
		if (others.length > 0) doubles.push(`${podUid}: ${instanceId} beside ${others.join(", ")}`);
	});
	return {
		launched: () => launched,
		/** Living at once. */
		most: () => most,
		doubles: doubles as readonly string[],
		/** Instance ids with their pods' uids. */
		living: living as ReadonlyMap<string, string>,
	};
}

/** By the instance's own tags: of a group, the member at its launch index. */
const podUidOf = ({ tags, launchIndex }: Readonly<SimulatedInstance>): string =>
	tags.get("cellwright.dev/pod-uid") ??
	tags.get(`cellwright.dev/pod-uid-${launchIndex}`) ??
	"nobody";
