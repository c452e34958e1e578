import type { Random } from "./random.ts";

/** A pod of the run: when it is sent, how often, and when it is deleted, in ms from the start. */
export type SentPod = Readonly<{
	uid: string;
	atMs: number;
	/** A cluster may tell twice. */
	copies: number;
	deletedAtMs?: number;
	scheduledBody: string;
	deletedBody: string;
}>;

/** Replicas that one controller makes at once. */
const replicas = 8;

/** Half of the pods are single ones, half replicas of workloads; of six, one is deleted meanwhile. */
export function podsOf(count: number, overMs: number, random: Random): readonly SentPod[] {
	const pods: SentPod[] = [];
	while (pods.length < count) {
		const atMs = random.between(0, overMs);
		const isWorkload = pods.length % 2 === 1 && count - pods.length >= replicas;
		const workload = isWorkload ? `workload-${pods.length}` : undefined;
		const size = random.oneOf(["250m/256Mi", "500m/512Mi", "1/1Gi"]);
		for (let each = 0; each < (isWorkload ? replicas : 1); each += 1) {
			pods.push(podOf(`pod-${pods.length}`, atMs, workload, size, random));
		}
	}
	return pods.toSorted((a, b) => a.atMs - b.atMs);
}

function podOf(
	uid: string,
	atMs: number,
	workload: string | undefined,
	size: string,
	random: Random,
): SentPod {
	const [cpu, memory] = size.split("/");
	const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: workload, uid: workload };
	const pod = {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			namespace: "storm",
			name: uid,
			uid,
			...(workload === undefined ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
			...(random.chance(0.2) ? { annotations: { "pod.elotl.co/launch-type": "spot" } } : {}),
		},
		spec: {
			containers: [{ name: "main", image: "busybox", resources: { limits: { cpu, memory } } }],
		},
	};
	const message = { apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod };
	return {
		uid,
		atMs,
		copies: random.chance(0.1) ? 2 : 1,
		...(random.chance(1 / 6) ? { deletedAtMs: atMs + random.between(0, 20_000) } : {}),
		scheduledBody: JSON.stringify(message),
		deletedBody: JSON.stringify({ ...message, kind: "PodDeleted" }),
	};
}
