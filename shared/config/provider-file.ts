import * as z from "zod";
import { text, withoutEffect } from "./fields.ts";
import { accessFields } from "./provider-file/access.ts";
import { cloud } from "./provider-file/cloud.ts";
import { fleetFields } from "./provider-file/fleet.ts";
import { imageFields } from "./provider-file/images.ts";
import { machineFields } from "./provider-file/machines.ts";
import { timeFields } from "./provider-file/times.ts";

// provider.yaml as people write it: Kip's fields under Kip's names, and ours. Strict, because a default
// that is applied in silence to a misspelt key costs money. What stands in `meta` is the published reference:
// the meaning, a valid example, and what Kip did (`same`, `other …`, `not there`).

const cells = z.strictObject({
	...imageFields,
	...machineFields,
	...accessFields,
	...timeFields,
	standbyCells: withoutEffect(
		"machines that waited, booted, for pods to come",
		"cells are made when a pod asks for one, never ahead",
	),
	statusInterval: withoutEffect(
		"seconds between two questions to each running pod",
		"nobody polls the pods on a cell that is ready",
	),
	healthcheck: withoutEffect(
		"how a dead cell was noticed, and after how many seconds",
		"nobody polls a cell that is ready",
	),
});

/** provider.yaml as `documentOf` prepares it. */
export const ProviderFile = z.strictObject({
	apiVersion: text("v1").default("v1").meta({
		description: "The format's version; not enforced.",
		example: "v1",
		kip: "same: not enforced.",
	}),
	kind: text("serverConfig").default("serverConfig").meta({
		description: "The format's name; not enforced.",
		example: "serverConfig",
		kip: "same: not enforced.",
	}),
	cloud,
	cells,
	...fleetFields,
	etcd: withoutEffect("where the controller kept its records", "records are kept in DynamoDB"),
	kubelet: withoutEffect(
		"the virtual node's capacity and labels",
		"there is no virtual node whose capacity and labels it would be",
	),
	testing: withoutEffect(
		"the controller's id, for tests",
		"the controller's id comes from the deployment",
	),
});
export type ProviderFile = Readonly<z.infer<typeof ProviderFile>>;
