// What the resources beside this file are called, behind the deployment's own name; a test compares them.

/** In queues.yml: what functions read. */
export const queueNames = ["pod-scheduled", "pod-deleted", "cell-checks"] as const;
export type QueueName = (typeof queueNames)[number];

/** The queue behind a queue, for what could not be handled. */
export const deadLettersOf = <Name extends string>(queue: Name) => `${queue}-dead-letters` as const;

/** Where changes of the stream and events end that nobody could handle; they come from no queue. */
export const lostNames = ["lost-changes", "lost-events"] as const;

/** Everywhere that messages end which nobody could handle. */
export const deadLetterNames = [...queueNames.map(deadLettersOf), ...lostNames];
export type DeadLetterName = (typeof deadLetterNames)[number];

/** In tables.yml. */
export const tableNames = ["cells", "ledger", "offerings", "images", "credentials"] as const;
export type TableName = (typeof tableNames)[number];
