import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { invalid } from "../../../shared/errors.ts";
import { type PlaceOptions, placeOf } from "../place/place.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { type Choice, type Chosen, checkChoice, chosenFrom, whyKept } from "./choice.ts";
import { interruptedCode, type Pile, withLettersInHand } from "./in-hand.ts";
import { letterText, pileLines } from "./view.ts";

type CommonOptions = PlaceOptions &
	Readonly<{ queue?: string; limit: string; output: OutputFormat }>;

export type ShowOptions = CommonOptions & Readonly<{ showBody: boolean }>;

/**
 * Shows what lies in the dead-letter queues. Nothing is lost or hidden by that.
 *
 * @throws ProvisionerError `invalid` for a wrong option; `unavailable` when the queues can't be reached.
 */
export async function showCommand(options: ShowOptions): Promise<void> {
	const { output, showBody } = options;
	await withLetters(options, async (piles) => {
		const queues = piles.map(({ queue, letters, more, elsewhere }) => ({
			queue: queue.of,
			letters: letters.length,
			more,
			elsewhere,
		}));
		const letters = piles
			.flatMap((pile) => pile.letters)
			.map(({ letter, body }) => ({ ...letter, ...(showBody ? { body } : {}) }));
		print(output, { queues, letters }, () => pileLines(piles, new Date(), showBody));
	});
}

/**
 * Sends letters back to the queues that they came from, to be read once more: to send first and delete then may send
 * one twice, which harms nobody, and loses none.
 *
 * @throws as `showCommand`.
 */
export async function redriveCommand(choice: Choice, command: Command): Promise<void> {
	checkChoice("redrive", choice);
	const options: CommonOptions = command.optsWithGlobals();
	const now = new Date();
	await withLetters(options, async (piles) => {
		const told: Told[] = [];
		for (const chosen of chosenFrom(piles, choice)) told.push(await redriven(chosen, choice, now));
		tell(told, options.output, piles);
	});
}

export type DropOptions = Choice & Readonly<{ yes: boolean }>;

/**
 * Deletes letters for good.
 *
 * @throws as `showCommand`.
 */
export async function dropCommand(choice: DropOptions, command: Command): Promise<void> {
	checkChoice("drop", choice);
	const options: CommonOptions = command.optsWithGlobals();
	await withLetters(options, async (piles) => {
		const chosen = chosenFrom(piles, choice);
		if (chosen.length > 0 && !choice.yes && !(await isConfirmed(chosen))) return;
		for (const pile of piles)
			await pile.drop(chosen.flatMap((each) => (each.pile === pile ? [each.opened] : [])));
		tell(
			chosen.map((each) => toldOf(each, "dropped")),
			options.output,
			piles,
		);
	});
}

async function withLetters(
	{ limit: limitText, queue, ...options }: CommonOptions,
	work: (piles: readonly Pile[]) => Promise<void>,
): Promise<void> {
	const limit = limitFrom(limitText);
	await withLettersInHand(placeOf(options), { queue, limit }, work);
}

/** What was done with a letter. */
type Told = Readonly<{ id: string; queue: string; about: string; done: string; text: string }>;

async function redriven(chosen: Chosen, choice: Choice, now: Date): Promise<Told> {
	const { pile, opened } = chosen;
	const kept = whyKept(pile.queue, opened.letter, choice, now);
	if (kept !== undefined) return toldOf(chosen, "kept", `: ${kept}`);
	await pile.sendBack(opened);
	return toldOf(chosen, "sent back", ` to ${pile.queue.of}`);
}

const toldOf = ({ opened }: Chosen, done: string, text = ""): Told => {
	const { id, queue, about } = opened.letter;
	return { id, queue, about, done, text: `${letterText(opened)} ${done}${text}` };
};

function tell(told: readonly Told[], output: OutputFormat, piles: readonly Pile[]): void {
	const more = piles.reduce((sum, pile) => sum + pile.more, 0);
	const letters = told.map(({ text: _, ...rest }) => rest);
	print(output, { letters, more }, () => [
		...(told.length === 0 ? ["no dead letter is meant: nothing was done"] : []),
		...told.map(({ text }) => text),
		...(more > 0
			? [`about ${more} more lie there that weren't looked at: repeat the command`]
			: []),
	]);
}

/** Asks the person at the terminal. */
async function isConfirmed(chosen: readonly Chosen[]): Promise<boolean> {
	if (process.stdin.isTTY !== true) {
		const problem = `would delete ${chosen.length} messages for good, and nobody is there to be asked: give --yes`;
		throw invalid("InvalidOption", [{ path: "drop", problem }]);
	}
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	for (const { opened } of chosen) console.error(letterText(opened));
	const what = chosen.length === 1 ? "this message" : `these ${chosen.length} messages`;
	const question = `Delete ${what} for good? [y/N] `;
	const answer = await terminal.question(question).catch(() => {
		// Ctrl-C closes the terminal's interface: that is no.
		console.error();
		process.exitCode = interruptedCode;
		return "no";
	});
	terminal.close();
	const isYes = /^y(es)?$/i.test(answer.trim());
	if (!isYes) console.error("nothing was deleted");
	return isYes;
}

/** Letters of a queue that are taken in hand together. */
const mostLetters = 10_000;

function limitFrom(text: string): number {
	if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= mostLetters)
		return Number(text);
	const problem = `must be a number from 1 to ${mostLetters}`;
	throw invalid("InvalidOption", [{ path: "--limit", value: text, problem }]);
}
