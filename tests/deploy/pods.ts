/** Messages as a cluster sends them. */
export const podBody = (
	kind: "PodScheduled" | "PodDeleted",
	uid: string,
	{ spot = false, workload }: Readonly<{ spot?: boolean; workload?: string }> = {},
): string => {
	const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: workload, uid: workload };
	return JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind,
		pod: {
			apiVersion: "v1",
			kind: "Pod",
			metadata: {
				namespace: "deployed",
				name: uid,
				uid,
				...(workload === undefined ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
				...(spot ? { annotations: { "pod.elotl.co/launch-type": "spot" } } : {}),
			},
			spec: {
				containers: [
					{
						name: "main",
						image: "busybox",
						resources: { limits: { cpu: "250m", memory: "256Mi" } },
					},
				],
			},
		},
	});
};
