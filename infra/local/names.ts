/** Names in the embedded stack; a deployment's begin with its own. */
export const names = {
	podScheduled: "cellwright-pod-scheduled",
	podDeleted: "cellwright-pod-deleted",
	cellChecks: "cellwright-cell-checks",
	cells: "cellwright-cells",
	images: "cellwright-images",
	offerings: "cellwright-offerings",
	credentials: "cellwright-credentials",
	ledger: "cellwright-ledger",
	bus: "cellwright",
	authority: "/cellwright/laptop",
	controllerId: "laptop",
} as const;

/** For so long a function of the embedded stack may not notice a rotation of its authority. */
export const laptopAuthorityCacheSeconds = 1;
