import { type DeadLetterName, deadLettersOf, lostNames, queueNames } from "../../aws/names.ts";

/** A queue in which what was given up lies, and whose messages they were. */
export type DeadLetterQueue = Readonly<{
	/** After the deployment's name. */
	name: DeadLetterName;
	/** What people call it. */
	of: string;
	/** Where its messages came from, and go back to; absent: there is no queue to send them to. */
	source?: string;
	/** What is done instead of sending them back. */
	instead?: string;
}>;

const insteadOfRedrive: Readonly<Record<(typeof lostNames)[number], string>> = {
	"lost-changes":
		"the janitor has found what reconcile left undone; drop it when the doctor is content",
	"lost-events":
		"the janitor sees what has become of the instances; drop it when the doctor is content",
};

export const deadLetterQueues: readonly DeadLetterQueue[] = [
	...queueNames.map((source) => ({ name: deadLettersOf(source), of: source, source })),
	...lostNames.map((name) => ({ name, of: name, instead: insteadOfRedrive[name] })),
];
