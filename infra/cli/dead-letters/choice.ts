import { type Fault, invalid } from "../../../shared/errors.ts";
import type { Pile } from "./in-hand.ts";
import type { Letter, OpenedLetter } from "./letter.ts";
import type { DeadLetterQueue } from "./queues.ts";

/** Which letters are meant. */
export type Choice = Readonly<{
	id?: readonly string[];
	reason?: string;
	all?: boolean;
}>;

/** A letter and the pile that it lies in. */
export type Chosen = Readonly<{ pile: Pile; opened: OpenedLetter }>;

/** Shorter ones are a slip of the pen. */
const shortestId = 4;

/** @throws ProvisionerError `invalid` unless it is said which letters are meant. */
export function checkChoice(command: string, { id = [], reason, all = false }: Choice): void {
	const faults: Fault[] = id
		.filter((each) => each.length < shortestId)
		.map((value) => {
			const problem = `must be the first ${shortestId} characters or more, as dead-letters shows them`;
			return { path: "--id", value, problem };
		});
	if (id.length === 0 && reason === undefined && !all)
		faults.push({ path: command, problem: "say which: --id, --reason or --all" });
	if (faults.length > 0) throw invalid("InvalidOption", faults);
}

/**
 * The letters that are meant: those with one of the ids, or the reason, or all.
 *
 * @throws ProvisionerError `invalid` for an id that no letter, or more than one, begins with.
 */
export function chosenFrom(
	piles: readonly Pile[],
	{ id = [], reason, all = false }: Choice,
): readonly Chosen[] {
	const letters = piles.flatMap((pile) => pile.letters.map((opened) => ({ pile, opened })));
	const faults: Fault[] = [];
	const named = id.flatMap((beginning) => {
		const found = letters.filter(({ opened }) => opened.letter.id.startsWith(beginning));
		if (found.length === 1) return found;
		const problem =
			found.length === 0
				? "no dead letter begins so; npx cellwright dead-letters shows them"
				: `${found.length} dead letters begin so; write more of it`;
		faults.push({ path: "--id", value: beginning, problem });
		return [];
	});
	if (faults.length > 0) throw invalid("InvalidOption", faults);
	const ofReason = letters.filter(({ opened }) => all || opened.letter.reason === reason);
	return [...new Set([...named, ...ofReason])];
}

/** A record that is over is forgotten after so long, and its pod would be launched once more. */
const forgottenMs = 7 * 24 * 3_600 * 1_000;

/** Why a letter had better stay where it is; undefined: it can be sent back. */
export function whyKept(
	{ source, instead }: DeadLetterQueue,
	{ id, sentAt }: Letter,
	{ id: named = [] }: Choice,
	now: Date,
): string | undefined {
	if (source === undefined) return `can't be sent back: ${instead ?? "it has no queue to go to"}`;
	const isNamed = named.some((beginning) => id.startsWith(beginning));
	const isOld = now.getTime() - Date.parse(sentAt) > forgottenMs;
	return source === "pod-scheduled" && isOld && !isNamed
		? "is older than a week: a cell that its pod has had is forgotten, and it would get another; name it with --id to send it all the same"
		: undefined;
}
