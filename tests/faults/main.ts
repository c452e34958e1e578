/**
 * The proof: the real flows in a world that is simulated, with everything in it that can go wrong.
 *
 *     node tests/faults/main.ts                         every single fault, 10,000 random histories, the mutants
 *     node tests/faults/main.ts --runs 1000 --seed 7    fewer, or others
 *     node tests/faults/main.ts --seed 7 --path 12:0:1  one random history again, told step by step
 *     node tests/faults/main.ts --life NAME [--call N --fault KIND]     one single-fault history, told the same way
 *     ... --mutant "BUG"                                the same with a bug planted
 *
 * How it works: flows touch the world through ports alone, so each call of a port is a moment at which anything
 * may happen. `reaching.ts` wraps the ports of each worker, `world.ts` holds every call back until the
 * scheduler lets it happen, picks who comes next (first come, first served, or by a seed), and moves the clock.
 * A fault has the number of the call that it strikes: the worker dies before, during or after it, it fails, its
 * answer is lost, it hangs, or somebody else writes first. `deployment.ts` puts functions, queues, the stream, the
 * tables and EC2 together; `invariants.ts` says what must always be true, and what must be when all is quiet;
 * `lives.ts` has one pod's life in its kinds, for every single fault at every single call; `history.ts`
 * makes random histories of many pods; `mutants.ts` plants bugs, each of which must be found.
 *
 * Assumed: a request of a worker that died or gave up reaches its service within `flightMs`; clocks are off by
 * three minutes at most; queues, tables and EC2 keep what they have taken.
 */
import { isMainThread, parentPort } from "node:worker_threads";
import { doJob, type Job } from "./jobs.ts";
import { prove } from "./prove.ts";
import { replay } from "./replay.ts";

// Nobody reads where an error came from, and a world makes thousands of them.
Error.stackTraceLimit = 0;

if (isMainThread) process.exitCode = await main(process.argv.slice(2));
else
	parentPort?.on("message", (job: Job) => {
		void doJob(job).then(
			(done) => parentPort?.postMessage(done),
			(error: unknown) => {
				throw error;
			},
		);
	});

async function main(args: readonly string[]): Promise<number> {
	const options = new Map<string, string>();
	for (let place = 0; place < args.length; place += 2)
		options.set(args[place]?.replace(/^--/, "") ?? "", args[place + 1] ?? "");
	const say = (line: string) => void process.stdout.write(`${line}\n`);
	const isReplay = options.has("path") || options.has("life");
	return isReplay ? await replay(options, say) : await prove(options, say, import.meta.filename);
}
