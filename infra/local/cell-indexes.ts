import type { IndexSettings } from "./dynamodb.ts";

/** The cells table's ways in other than the pod's uid; see shared/cells/index.dynamodb.ts. */
export const cellIndexes: readonly IndexSettings[] = [
	{ name: "byInstance", key: "instanceId", carries: [] },
	{
		name: "unsettled",
		key: "unsettledShard",
		range: "changedAt",
		carries: ["phase", "instanceId", "cost"],
	},
];
