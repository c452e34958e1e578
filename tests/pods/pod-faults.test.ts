import { describe, expect, it } from "vitest";
import { Pod } from "../../shared/pods/model.ts";
import { podFaults } from "../../shared/pods/pod-faults.ts";

const aPod = (containers: readonly unknown[]): Pod =>
	Pod.parse({ metadata: { uid: "6c2b", namespace: "shop", name: "web" }, spec: { containers } });

const storage = (requests: string, limits: string) => ({
	name: "app",
	resources: {
		requests: { "ephemeral-storage": requests },
		limits: { "ephemeral-storage": limits },
	},
});

describe("what keeps a pod from any cell", () => {
	it.each([
		{ what: "nothing", containers: [storage("1Gi", "2Gi")], paths: [] },
		{
			what: "what isn't a quantity, told once",
			containers: [storage("1Gi", "2GiB")],
			paths: ["spec.containers[0].resources.limits.ephemeral-storage"],
		},
		{
			what: "a volume that is too large whichever figure counts",
			containers: [storage("65Ti", "66Ti")],
			paths: ["spec.containers[].resources.ephemeral-storage"],
		},
		{
			what: "not a volume that is too large by limits alone: a deployment may size by requests",
			containers: [storage("1Gi", "66Ti")],
			paths: [],
		},
	])("is $what", ({ containers, paths }) => {
		expect(podFaults(aPod(containers)).map(({ path }) => path)).toEqual(paths);
	});
});
