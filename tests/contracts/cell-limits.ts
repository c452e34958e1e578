import fc from "fast-check";
import { expect, it } from "vitest";
import type { CellLimits, Limits, Share } from "../../shared/limits/model.ts";
import { morning, secondsLater } from "../support/cells.ts";

/** Limits of their own, as several workers keep them. */
export type OpenLimits = (
	limits: Limits,
	now: () => Date,
	workers: number,
) => readonly CellLimits[];

const share = (podUid: string, over: Partial<Share> = {}): Share => ({
	podUid,
	attempt: 1,
	hourlyUsd: 0.1,
	...over,
});

/** What every CellLimits must do; run against the one in memory and against DynamoDB. */
export function honoursCellLimits(open: OpenLimits): void {
	const { signal } = new AbortController();
	/** A clock that moves only when it is told to, limits, and workers that keep them. */
	const world = (over: Partial<Limits>, workers = 1) => {
		let now = morning;
		const limits = { cells: undefined, hourlyUsd: undefined, ...over };
		const all = open(limits, () => now, workers);
		const of = (worker: number): CellLimits => {
			const found = all[worker % all.length];
			if (found === undefined) throw new RangeError("there are workers");
			return found;
		};
		return {
			take: async (shares: readonly Share[], worker = 0) =>
				[...(await of(worker).take(shares, signal))].sort(),
			giveBack: async (podUid: string, worker = 0) => await of(worker).giveBack(podUid, signal),
			keepOnly: async (podUids: readonly string[], takenBefore: Date) =>
				await of(0).keepOnly(new Set(podUids), takenBefore, signal),
			held: async (worker = 0) => await of(worker).held(signal),
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
		};
	};

	it("takes as many as fit, in their order", async () => {
		const { take, held } = world({ cells: 2 });
		expect(await take([share("c"), share("a"), share("b")])).toEqual(["a", "c"]);
		expect(await held()).toEqual({ cells: 2, hourlyUsd: 0.2 });
		expect(await take([share("d")])).toEqual([]);
	});

	it("counts dollars to the cent's ten-thousandth, and lets the cheaper one in where the dearer doesn't fit", async () => {
		const { take, held } = world({ hourlyUsd: 0.3 });
		const all = [
			share("a", { hourlyUsd: 0.1 }),
			share("b", { hourlyUsd: 0.15 }),
			share("c", { hourlyUsd: 0.050001 }),
			share("d", { hourlyUsd: 0.05 }),
		];
		expect(await take(all)).toEqual(["a", "b", "d"]);
		expect(await held()).toEqual({ cells: 3, hourlyUsd: 0.3 });
	});

	it("takes the same share twice once, and gives it back twice once", async () => {
		const { take, giveBack, held } = world({ cells: 2 }, 2);
		expect(await take([share("a")], 0)).toEqual(["a"]);
		expect(await take([share("a"), share("a")], 1)).toEqual(["a"]);
		await take([share("b")]);
		expect(await held()).toEqual({ cells: 2, hourlyUsd: 0.2 });
		await giveBack("a", 0);
		await giveBack("a", 1);
		await giveBack("never-took", 1);
		expect(await held(1)).toEqual({ cells: 1, hourlyUsd: 0.1 });
	});

	it.each([
		{ when: "an earlier attempt's", next: { attempt: 3, hourlyUsd: 0.05 }, has: true, usd: 0.05 },
		{
			when: "an earlier attempt's, cheaper",
			next: { attempt: 3, hourlyUsd: 0.2 },
			has: true,
			usd: 0.2,
		},
		{ when: "the same attempt's", next: { attempt: 2, hourlyUsd: 0.1 }, has: true, usd: 0.1 },
		{
			when: "the same attempt's, dearer",
			next: { attempt: 2, hourlyUsd: 0.05 },
			has: true,
			usd: 0.1,
		},
		{
			when: "the same attempt's, cheaper",
			next: { attempt: 2, hourlyUsd: 0.2 },
			has: true,
			usd: 0.2,
		},
		{ when: "a later attempt's", next: { attempt: 1, hourlyUsd: 0.05 }, has: false, usd: 0.1 },
		{
			when: "one that it can't exceed",
			next: { attempt: 3, hourlyUsd: 0.6 },
			has: false,
			usd: 0.1,
		},
	])("has room for one share of a pod, where it holds $when", async ({ next, has, usd }) => {
		const { take, held } = world({ cells: 1, hourlyUsd: 0.5 });
		await take([share("a", { attempt: 2, hourlyUsd: 0.1 })]);
		expect(await take([share("a", next)])).toEqual(has ? ["a"] : []);
		expect(await held()).toEqual({ cells: 1, hourlyUsd: usd });
	});

	it("counts the last of a pod's wishes in one call", async () => {
		const { take, held } = world({ cells: 5 });
		const all = [share("a"), share("a", { attempt: 2, hourlyUsd: 0.3 }), share("a")];
		expect(await take(all)).toEqual(["a"]);
		expect(await held()).toEqual({ cells: 1, hourlyUsd: 0.3 });
	});

	it("gives back what pods hold that are gone, but not what was taken since", async () => {
		const { take, keepOnly, held, pass } = world({ cells: 9 });
		await take([share("lives"), share("gone")]);
		pass(600);
		await take([share("new")]);
		expect(await keepOnly(["lives"], secondsLater(0))).toBe(0);
		expect(await keepOnly(["lives"], secondsLater(300))).toBe(1);
		expect(await keepOnly(["lives"], secondsLater(300))).toBe(0);
		expect(await held()).toEqual({ cells: 2, hourlyUsd: 0.2 });
		expect(await take([share("gone")])).toEqual(["gone"]);
	});

	it("lets everything through where there is no limit, and counts nothing", async () => {
		const { take, giveBack, keepOnly, held } = world({});
		expect(await take([share("a", { hourlyUsd: 1e6 }), share("b")])).toEqual(["a", "b"]);
		await giveBack("a");
		expect(await keepOnly([], secondsLater(3_600))).toBe(0);
		expect(await held()).toEqual({ cells: 0, hourlyUsd: 0 });
	});

	it("is never exceeded by many who take at once", async () => {
		const { take, held } = world({ cells: 7 }, 6);
		const taken = await Promise.all(
			Array.from({ length: 24 }, async (_, index) => take([share(`pod-${index}`)], index)),
		);
		expect(taken.flat()).toHaveLength(7);
		expect(await held()).toMatchObject({ cells: 7 });
	});

	const pods = ["a", "b", "c", "d", "e"];
	const step = fc.oneof(
		fc.record({
			worker: fc.nat(2),
			take: fc.array(
				fc.record({
					podUid: fc.constantFrom(...pods),
					attempt: fc.constantFrom(1, 2),
					hourlyUsd: fc.constantFrom(0.1, 0.2, 0.3),
				}),
				{ minLength: 1, maxLength: 3 },
			),
		}),
		fc.record({ worker: fc.nat(2), back: fc.constantFrom(...pods) }),
	);
	type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
	const limits = { cells: 3, hourlyUsd: 0.7 };
	const doStep = async ({ take, giveBack }: ReturnType<typeof world>, each: Step) =>
		"take" in each ? await take(each.take, each.worker) : await giveBack(each.back, each.worker);

	it("is never exceeded, whatever is taken and given back at once", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 4 }),
				async (rounds) => {
					const here = world(limits, 3);
					for (const round of rounds) {
						await Promise.all(round.map(async (each) => doStep(here, each)));
						const { cells, hourlyUsd } = await here.held();
						expect(cells).toBeLessThanOrEqual(limits.cells);
						expect(hourlyUsd).toBeLessThanOrEqual(limits.hourlyUsd);
					}
					for (const podUid of pods) await here.giveBack(podUid);
					expect(await here.held()).toEqual({ cells: 0, hourlyUsd: 0 });
				},
			),
			{ numRuns: 25 },
		);
	});

	it("holds what a set would, one step after the other", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
				const here = world(limits, 3);
				const set = new Map<string, Tenths>();
				for (const each of steps) {
					const answer = await doStep(here, each);
					if (!("take" in each)) set.delete(each.back);
					else expect(answer).toEqual(takenBySet(set, each.take));
					const tenths = [...set.values()].reduce((sum, held) => sum + held.tenths, 0);
					expect(await here.held()).toEqual({ cells: set.size, hourlyUsd: tenths / 10 });
				}
			}),
			{ numRuns: 25 },
		);
	});
}

/** One pod's share in tenths of a dollar: of the contract's property, whose figures are tenths. */
type Tenths = Readonly<{ attempt: number; tenths: number }>;

/** The rules of CellLimits once more, on a plain map: three cells and seven tenths. */
function takenBySet(set: Map<string, Tenths>, shares: readonly Share[]): string[] {
	const has = new Set<string>();
	for (const { podUid, attempt, hourlyUsd } of shares) {
		const wanted = { attempt, tenths: Math.round(hourlyUsd * 10) };
		const stands = standsAgainst(set.get(podUid), wanted);
		const others = [...set].filter(([uid]) => uid !== podUid).map(([, { tenths }]) => tenths);
		const sum = others.reduce((all, tenths) => all + tenths, wanted.tenths);
		if (stands === undefined && others.length < 3 && sum <= 7) set.set(podUid, wanted);
		if (stands === true || set.get(podUid) === wanted) has.add(podUid);
	}
	return [...has].sort();
}

/** @returns whether what a pod holds is what it wants, or undefined where that is to be seen. */
const standsAgainst = (held: Tenths | undefined, wanted: Tenths): boolean | undefined => {
	if (held === undefined || held.attempt < wanted.attempt) return undefined;
	if (held.attempt > wanted.attempt) return false;
	return held.tenths >= wanted.tenths ? true : undefined;
};
