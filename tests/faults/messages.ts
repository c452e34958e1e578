import type { PodScript } from "./history.ts";

export const podUidOf = (place: number): string => `pod-${place}`;

const metadata = (place: number, { workload }: PodScript) => ({
	uid: podUidOf(place),
	namespace: "shop",
	name: `web-${place}`,
	ownerReferences: [
		{
			apiVersion: "apps/v1",
			kind: "ReplicaSet",
			name: `web-${workload}`,
			uid: `workload-${workload}`,
			controller: true,
		},
	],
});

/** The message that a pod has been scheduled. */
export const scheduledBody = (place: number, script: PodScript): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodScheduled",
		pod: {
			apiVersion: "v1",
			kind: "Pod",
			metadata: {
				...metadata(place, script),
				...(script.spot ? { annotations: { "pod.elotl.co/launch-type": "spot" } } : {}),
			},
			spec: {
				restartPolicy: script.restartPolicy,
				containers: [{ name: "web", resources: { limits: { cpu: "500m", memory: "512Mi" } } }],
			},
		},
	});

export const deletedBody = (place: number): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodDeleted",
		pod: {
			metadata: { uid: podUidOf(place), namespace: "shop", name: `web-${place}` },
		},
	});
