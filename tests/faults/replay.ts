import { type History, quiet } from "./history.ts";
import { lives } from "./lives.ts";
import { mutants } from "./mutants.ts";
import { play } from "./play.ts";
import { historyAt } from "./random-histories.ts";
import { type FaultKind, faultKinds } from "./world.ts";

/**
 * Plays one history and tells each thing that happens.
 *
 * @returns the exit code: 1 where something was violated.
 */
export async function replay(
	options: ReadonlyMap<string, string>,
	say: (line: string) => void,
): Promise<number> {
	const history = await wanted(options);
	const bug = options.get("mutant");
	const mutant = bug === undefined ? undefined : mutants.find((each) => each.bug === bug);
	if (bug !== undefined && mutant === undefined) throw new RangeError(`no mutant ${bug}`);
	say(JSON.stringify(history));
	const { violations, calls } = await play(history, mutant?.plant, say);
	say(`${calls.length} port calls, ${violations.length} violations`);
	return violations.length === 0 ? 0 : 1;
}

async function wanted(options: ReadonlyMap<string, string>): Promise<History> {
	const name = options.get("life");
	if (name === undefined) {
		const history = await historyAt(Number(options.get("seed")), options.get("path") ?? "");
		return history ?? quiet;
	}
	const life = lives[name];
	if (life === undefined)
		throw new RangeError(`no life ${name}; there are: ${Object.keys(lives).join("; ")}`);
	const kind = faultKinds.find((each) => each === options.get("fault"));
	return kind === undefined ? life : withFault(life, Number(options.get("call")), kind);
}

const withFault = (life: History, call: number, kind: FaultKind): History => ({
	...life,
	faults: [{ call, kind }],
});
