import { everySingleFault, lives, type Told } from "./lives.ts";
import { mutants } from "./mutants.ts";
import { type Found, randomHistories } from "./random-histories.ts";

/** A piece of the proof, for one thread. */
export type Job =
	| Readonly<{ what: "life"; life: string }>
	| Readonly<{ what: "random"; seed: number; runs: number }>
	| Readonly<{ what: "mutant"; bug: string; seed: number; runs: number }>;

/** What has been played for it. */
export type Tally = { histories: number; calls: number; met: Map<string, number> };

export type Done = Readonly<{
	job: Job;
	tally: Tally;
	/** What went wrong, for people; undefined: nothing did. */
	wrong: string | undefined;
}>;

export async function doJob(job: Job): Promise<Done> {
	const tally: Tally = { histories: 0, calls: 0, met: new Map() };
	const tell: Told = (_, { calls, met }) => {
		tally.histories += 1;
		tally.calls += calls.length;
		for (const [kind, times] of met) tally.met.set(kind, (tally.met.get(kind) ?? 0) + times);
	};
	return { job, tally, wrong: await wrongIn(job, tell) };
}

async function wrongIn(job: Job, tell: Told): Promise<string | undefined> {
	if (job.what === "life") return await wrongInLife(job.life, tell);
	if (job.what === "random") return randomText(await randomHistories(job.seed, job.runs, tell));
	const mutant = mutants.find(({ bug }) => bug === job.bug);
	if (mutant === undefined) throw new RangeError(`no mutant ${job.bug}`);
	const shown =
		mutant.life === undefined ? undefined : await wrongInLife(mutant.life, tell, mutant.plant);
	if (shown !== undefined) return shown;
	const found = randomText(await randomHistories(job.seed, job.runs, tell, mutant.plant));
	if (found !== undefined) return found;
	for (const life of Object.keys(lives)) {
		const wrong = await wrongInLife(life, tell, mutant.plant);
		if (wrong !== undefined) return wrong;
	}
	return undefined;
}

async function wrongInLife(
	name: string,
	tell: Told,
	plant?: Parameters<typeof everySingleFault>[2],
): Promise<string | undefined> {
	const life = lives[name];
	if (life === undefined) throw new RangeError(`no life ${name}`);
	const found = await everySingleFault(life, tell, plant);
	if (found === undefined) return undefined;
	const { history, outcome } = found;
	const [fault] = history.faults;
	const where =
		fault === undefined
			? "without a fault"
			: `${fault.kind}, at call ${fault.call} (${outcome.calls[fault.call]})`;
	return `--life "${name}"${fault === undefined ? "" : ` --call ${fault.call} --fault "${fault.kind}"`}: ${where}: ${outcome.violations.join("; ")}`;
}

const randomText = (found: Found | undefined): string | undefined =>
	found &&
	`--seed ${found.seed} --path ${found.path}: history ${found.after}: ${found.violations.join("; ")}`;
