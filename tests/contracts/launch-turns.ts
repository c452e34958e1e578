import fc from "fast-check";
import { expect, it } from "vitest";
import type { LaunchTurns, Pace } from "../../shared/pace/model.ts";
import { morning, secondsLater } from "../support/cells.ts";

/** Turns of their own, as several workers take them, each by its clock. */
export type OpenTurns = (pace: Pace, clocks: readonly (() => Date)[]) => readonly LaunchTurns[];

/** As AWS documents it for an account that has asked for nothing else. */
export const documentedPace: Pace = {
	callBurst: 5,
	callsPerSecond: 2,
	instanceBurst: 1_000,
	instancesPerSecond: 2,
};

/** What every LaunchTurns must do; run against the one in memory and against DynamoDB. */
export function honoursLaunchTurns(open: OpenTurns): void {
	const { signal } = new AbortController();
	/** A clock that moves only when it is told to, and workers that are ahead of it by so many seconds. */
	const world = (workers = 1, aheadSeconds: readonly number[] = []) => {
		let now = morning;
		const clocks = Array.from(
			{ length: workers },
			(_, worker) => () => secondsLater(aheadSeconds[worker] ?? 0, now),
		);
		const turns = open(documentedPace, clocks);
		const of = (worker: number): LaunchTurns => {
			const found = turns[worker % turns.length];
			if (found === undefined) throw new RangeError("there are workers");
			return found;
		};
		return {
			/** @returns how long the worker has to wait, in seconds. */
			async take(worker = 0, instances = 1) {
				const at = await of(worker).take(instances, signal);
				const clock = clocks[worker % workers];
				return (at.getTime() - (clock?.() ?? now).getTime()) / 1000;
			},
			refuse: async (worker = 0) => await of(worker).throttled(signal),
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
		};
	};
	type World = ReturnType<typeof world>;
	const takeEach = async ({ take }: World, workers: readonly number[]) =>
		await Promise.all(workers.map(async (worker) => take(worker)));
	const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b);

	it("lets the burst go at once, and one more each half second", async () => {
		const { take } = world();
		const waits: number[] = [];
		for (let count = 0; count < 8; count++) waits.push(await take());
		expect(waits).toEqual([0, 0, 0, 0, 0, 0.5, 1, 1.5]);
	});

	it("gives each turn once, to whoever asks at the same moment", async () => {
		const here = world(4);
		const waits = await takeEach(
			here,
			Array.from({ length: 24 }, (_, index) => index),
		);
		const later = Array.from({ length: 19 }, (_, index) => (index + 1) / 2);
		expect(ascending(waits)).toEqual([0, 0, 0, 0, 0, ...later]);
	});

	it("gets its burst back while nobody asks, and no more", async () => {
		const here = world(2);
		await takeEach(here, [0, 0, 0, 0, 0]);
		here.pass(1);
		expect(ascending(await takeEach(here, [1, 1, 1]))).toEqual([0, 0, 0.5]);
		here.pass(3_600);
		expect(ascending(await takeEach(here, [0, 1, 0, 1, 0, 1]))).toEqual([0, 0, 0, 0, 0, 0.5]);
	});

	it("counts the instances that a call asks for", async () => {
		const { take } = world();
		expect(await take(0, 990)).toBe(0);
		expect(await take(0, 10)).toBe(0);
		expect(await take(0, 10)).toBe(5);
	});

	it("slows everybody down where EC2 refuses, and recovers", async () => {
		const here = world(2);
		await here.refuse(0);
		const slow = await here.take(1);
		expect(slow).toBeGreaterThan(0.5);
		expect(slow).toBeLessThan(1);
		here.pass(120);
		expect(ascending(await takeEach(here, [0, 1, 0, 1, 0, 1]))).toEqual([0, 0, 0, 0, 0, 0.5]);
	});

	it("counts the refusals of one burst once", async () => {
		const together = world(5);
		await Promise.all([0, 1, 2, 3, 4].map(together.refuse));
		const once = world();
		await once.refuse();
		expect(await together.take()).toBe(await once.take());
	});

	it("leaves others' turns alone where one worker's clock is minutes ahead", async () => {
		const here = world(2, [0, 240]);
		expect(await here.take(1)).toBe(0);
		expect(ascending(await takeEach(here, [0, 0, 0, 0, 0, 0]))).toEqual([0, 0, 0, 0, 0.5, 1]);
		here.pass(1);
		expect(await here.take(1)).toBe(0.5);
	});

	it("hands out no more than the pace, whoever asks when", async () => {
		const step = fc.record({
			workers: fc.array(fc.nat(2), { maxLength: 4 }),
			pass: fc.constantFrom(0, 0.1, 0.5, 1, 3),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
				const here = world(3);
				let seconds = 0;
				const slots: number[] = [];
				for (const { workers, pass } of steps) {
					const waits = await takeEach(here, workers);
					slots.push(...ascending(waits).map((wait) => Math.round((seconds + wait) * 1000)));
					here.pass(pass);
					seconds += pass;
				}
				expect(slots).toEqual(ascending(slots));
				expectPaceKept(slots, documentedPace.callBurst, documentedPace.callsPerSecond);
			}),
			{ numRuns: 25 },
		);
	});
}

/** In any time between two of these slots, in milliseconds and ascending, there are no more than the pace allows. */
export function expectPaceKept(slots: readonly number[], burst: number, perSecond: number): void {
	for (const [first, from] of slots.entries())
		for (const [last, to] of slots.entries()) {
			if (last < first) continue;
			// Turns are whole milliseconds.
			const allowed = burst + (perSecond * (to - from + 1)) / 1000;
			expect(last - first + 1).toBeLessThanOrEqual(allowed);
		}
}
