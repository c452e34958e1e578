// Each statement is wrong, and must not compile: types that let these through would be none.
import { launchPod, launchPods, readManifests, watchPods } from "cellwright";

export async function misuses(): Promise<void> {
	// @ts-expect-error a pod has a name
	await launchPod({ metadata: {}, spec: {} });
	// @ts-expect-error a pod has a spec
	await launchPod({ metadata: { name: "a" } });
	// @ts-expect-error several pods are another function's
	await launchPod([{ metadata: { name: "a" }, spec: {} }]);
	// @ts-expect-error a pod's environment isn't an option
	await launchPods([], { environment: "prod" });
	// @ts-expect-error a Deployment is read first
	await launchPod({ kind: "Deployment", metadata: { name: "a" }, spec: {} });
	for await (const status of watchPods(["uid"])) {
		// @ts-expect-error there is no such phase
		if (status.phase === "Running") return;
		// @ts-expect-error a pod that waits has no instance
		status.instance.instanceType;
	}
	// @ts-expect-error what was read isn't to be changed
	readManifests("").pods.pop();
}
