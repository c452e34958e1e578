/** A queue in which what was given up lies, and whose messages they were. */
export type DeadLetterQueue = Readonly<{
	/** After the deployment's name. */
	name: string;
	/** What people call it. */
	of: string;
	/** Where its messages came from, and go back to; absent: there is no queue to send them to. */
	source?: string;
	/** What is done instead of sending them back. */
	instead?: string;
}>;

/** @see infra/aws/queues.yml */
export const deadLetterQueues: readonly DeadLetterQueue[] = [
	...["pod-scheduled", "pod-deleted", "cell-checks"].map((source) => ({
		name: `${source}-dead-letters`,
		of: source,
		source,
	})),
	{
		name: "lost-changes",
		of: "lost-changes",
		instead: "the janitor has found what reconcile left undone; drop it when the doctor is content",
	},
	{
		name: "lost-events",
		of: "lost-events",
		instead:
			"the janitor sees what has become of the instances; drop it when the doctor is content",
	},
];
