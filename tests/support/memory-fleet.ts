import type { Fleet, SeenInstance } from "../../shared/instances/model.ts";
import type { MemoryInstances, MemoryMachine } from "./memory-instances.ts";

/** A controller's machines in the EC2 in memory; tests/contracts/fleet.ts holds it to the adapter. */
export function memoryFleet(instances: MemoryInstances, controllerId: string): Fleet {
	const ours = () =>
		instances
			.machines()
			.filter(({ request }) => request.tags["KipControllerID"] === controllerId)
			.map(seenFrom);
	return {
		living: async () => ({
			machines: ours().filter(({ state }) => state === "running"),
			unreadable: [],
		}),
		find: async (instanceId) => ours().find((seen) => seen.instanceId === instanceId),
		// Like EC2's, it asks nobody whose machine it is.
		console: async (instanceId) =>
			instances.machines().some(({ instance }) => instance.instanceId === instanceId)
				? "Linux version 0 (memory)\r\n"
				: undefined,
	};
}

const seenFrom = (machine: MemoryMachine): SeenInstance => {
	const { instance, request, launchIndex, state, stateReason } = machine;
	return {
		instanceId: instance.instanceId,
		state,
		...(stateReason === undefined ? {} : { stateReason }),
		clientToken: request.clientToken,
		launchIndex,
		launchedAt: new Date(instance.launchedAt),
		instanceType: instance.instanceType,
		podUid:
			request.tags["cellwright.dev/pod-uid"] ??
			request.tags[`cellwright.dev/pod-uid-${launchIndex}`],
	};
};
