import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Done, Job, Tally } from "./jobs.ts";
import { lives } from "./lives.ts";
import { mutants } from "./mutants.ts";

const runsPerJob = 500;
const mostRunsForMutant = 3_000;

/**
 * Plays everything, on two threads or more, and says what came of it.
 *
 * @param entry the module that a thread runs: it takes jobs.
 * @returns the exit code: 1 where something was violated, or a mutant survived.
 */
export async function prove(
	options: ReadonlyMap<string, string>,
	say: (line: string) => void,
	entry: string,
): Promise<number> {
	const startedMs = performance.now();
	const seed = Number(options.get("seed") ?? Math.floor(Math.random() * 1e6) * 1_000);
	const runs = Number(options.get("runs") ?? 10_000);
	say(`seed ${seed}`);
	const jobs = jobsFor(seed, runs, options.get("only"));
	const all = await inThreads(jobs, entry, (done) => report(done, say));

	const single = sumOf(all.filter(({ job }) => job.what === "life"));
	const random = sumOf(all.filter(({ job }) => job.what === "random"));
	const met = sumOf(all.filter(({ job }) => job.what !== "mutant")).met;
	const violated = all.filter(({ job, wrong }) => job.what !== "mutant" && wrong !== undefined);
	const survived = all.filter(({ job, wrong }) => job.what === "mutant" && wrong === undefined);
	say("");
	for (const [kind, times] of [...met].toSorted(([a], [b]) => (a < b ? -1 : 1)))
		say(`${String(times).padStart(9)} ${kind}`);
	say("");
	say(`${number(single.histories)} single-fault histories, ${number(single.calls)} port calls`);
	say(`${number(random.histories)} random histories, ${number(random.calls)} port calls`);
	say(`${violated.length} violations`);
	const planted = all.filter(({ job }) => job.what === "mutant").length;
	say(`${planted - survived.length} of ${planted} mutants found`);
	const { user, system } = process.cpuUsage();
	say(
		`${Math.round((performance.now() - startedMs) / 1000)} s, of a processor's ${Math.round((user + system) / 1e6)} s`,
	);
	return violated.length + survived.length === 0 ? 0 : 1;
}

const jobsFor = (seed: number, runs: number, only: string | undefined): Job[] =>
	[
		...Object.keys(lives).map((life): Job => ({ what: "life", life })),
		...Array.from(
			{ length: Math.ceil(runs / runsPerJob) },
			(_, place): Job => ({
				what: "random",
				seed: seed + place,
				runs: Math.min(runsPerJob, runs - place * runsPerJob),
			}),
		),
		...mutants.map(({ bug }): Job => ({ what: "mutant", bug, seed, runs: mostRunsForMutant })),
	].filter(({ what }) => only === undefined || what === only);

function report({ job, tally, wrong }: Done, say: (line: string) => void) {
	if (job.what === "mutant")
		say(
			wrong === undefined
				? `MUTANT SURVIVES: ${job.bug}`
				: `mutant found: ${job.bug}\n    --mutant "${job.bug}" ${wrong}`,
		);
	else if (wrong !== undefined) say(`VIOLATION ${wrong}`);
	else if (job.what === "life")
		say(`a pod's life, "${job.life}": ${number(tally.histories)} histories`);
}

/** Each thread takes the next job when it is done with one. */
async function inThreads(
	jobs: readonly Job[],
	entry: string,
	onDone: (done: Done) => void,
): Promise<readonly Done[]> {
	const left = [...jobs];
	const all: Done[] = [];
	const threads = Math.max(2, Math.min(8, availableParallelism()));
	await Promise.all(
		Array.from({ length: threads }, async () => {
			const thread = new Worker(entry);
			try {
				for (let job = left.shift(); job !== undefined; job = left.shift()) {
					const done = await doneBy(thread, job);
					all.push(done);
					onDone(done);
				}
			} finally {
				await thread.terminate();
			}
		}),
	);
	return all;
}

const doneBy = async (thread: Worker, job: Job): Promise<Done> =>
	await new Promise((resolve, reject) => {
		thread.once("error", reject);
		thread.once("message", (done: Done) => {
			thread.off("error", reject);
			resolve(done);
		});
		thread.postMessage(job);
	});

const sumOf = (all: readonly Done[]): Tally => {
	const sum: Tally = { histories: 0, calls: 0, met: new Map() };
	for (const { tally } of all) {
		sum.histories += tally.histories;
		sum.calls += tally.calls;
		for (const [kind, times] of tally.met) sum.met.set(kind, (sum.met.get(kind) ?? 0) + times);
	}
	return sum;
};

const number = (value: number): string => value.toLocaleString("en-US");
