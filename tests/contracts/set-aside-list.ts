import fc from "fast-check";
import { expect, it } from "vitest";
import { type RuledOut, ruledOutKey } from "../../shared/offerings/availability.ts";
import {
	type SetAsideEntry,
	type SetAsideList,
	type SetAsideTimes,
	setAsideTimes,
} from "../../shared/offerings/set-aside.ts";
import { morning, secondsLater } from "../support/cells.ts";

/** A list of its own, as several workers see it. */
export type OpenList = (
	times: SetAsideTimes,
	now: () => Date,
	workers: number,
) => readonly SetAsideList[];

const times = setAsideTimes();
const anOffering = (instanceType: string): RuledOut => ({
	what: "offering",
	instanceType,
	zoneId: "use1-az1",
	capacityType: "on-demand",
});
const keysOf = (entries: readonly SetAsideEntry[]) =>
	entries.map(({ ruledOut }) => ruledOutKey(ruledOut)).sort();

/** What every SetAsideList must do; run against the one in memory and against DynamoDB. */
export function honoursSetAsideList(open: OpenList): void {
	const { signal } = new AbortController();
	/** A clock that moves only when it is told to, a list, and its workers. */
	const world = (workers = 1) => {
		let now = morning;
		const lists = open(times, () => now, workers);
		const listOf = (worker: number): SetAsideList => {
			const list = lists[worker % lists.length];
			if (list === undefined) throw new RangeError("a list has workers");
			return list;
		};
		const refuse = async (
			reason: "no-capacity" | "not-sold-here",
			ruledOut: readonly RuledOut[],
			worker = 0,
		) =>
			await listOf(worker).add({ reason, code: "Code", at: now.toISOString() }, ruledOut, signal);
		return {
			refuse,
			standing: async (worker = 0) => await listOf(worker).standing(signal),
			now: () => now,
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
		};
	};
	const small = anOffering("t3a.small");
	const large = anOffering("m5.large");

	it("holds nothing at first", async () => {
		expect(await world().standing()).toEqual([]);
	});

	it("tells every worker what one was refused, until when, and by which code", async () => {
		const { refuse, standing } = world(2);
		const entry = {
			ruledOut: small,
			reason: "no-capacity",
			code: "Code",
			at: morning.toISOString(),
			until: secondsLater(180).toISOString(),
			repeats: 0,
		};
		expect(await refuse("no-capacity", [small])).toEqual([entry]);
		expect(await standing(1)).toEqual([entry]);
	});

	it("sets aside all that one refusal rules out", async () => {
		const { refuse, standing } = world();
		const all: RuledOut[] = [
			small,
			{ what: "subnet", subnetId: "subnet-a" },
			{ what: "class", quotaClass: "standard" },
			{ what: "market", capacityType: "spot" },
		];
		await refuse("no-capacity", all);
		expect(keysOf(await standing())).toEqual(all.map(ruledOutKey).sort());
	});

	it("sets nothing aside longer than its time", async () => {
		const { refuse, standing, pass } = world();
		await refuse("no-capacity", [small]);
		pass(100);
		await refuse("no-capacity", [large]);
		pass(79);
		expect(keysOf(await standing())).toEqual([large, small].map(ruledOutKey));
		pass(1);
		expect(keysOf(await standing())).toEqual([ruledOutKey(large)]);
		pass(100);
		expect(await standing()).toEqual([]);
	});

	it("doubles the time with each repeat, up to half an hour, and forgets after an hour", async () => {
		const { refuse, pass, now } = world();
		const minutes: number[] = [];
		const again = async () => {
			const [entry] = await refuse("no-capacity", [small]);
			const ms = Date.parse(entry?.until ?? "") - now().getTime();
			minutes.push(ms / 60_000);
			pass(ms / 1000);
		};
		for (let count = 0; count < 6; count++) await again();
		expect(minutes).toEqual([3, 6, 12, 24, 30, 30]);
		// The last refusal was half an hour ago.
		pass(1801);
		await again();
		expect(minutes.at(-1)).toBe(3);
	});

	it("counts those who were refused at the same time once", async () => {
		const workers = 6;
		const { refuse, standing, pass } = world(workers);
		const all = async () =>
			await Promise.all(
				Array.from({ length: workers }, async (_, worker) =>
					refuse("no-capacity", [small], worker),
				),
			);
		for (const entries of await all()) expect(entries).toHaveLength(1);
		pass(180);
		await all();
		expect(await standing()).toMatchObject([
			{ repeats: 1, until: secondsLater(180 + 360).toISOString() },
		]);
	});

	it("lets the longer of two reasons stand", async () => {
		const { refuse, pass, standing } = world();
		await refuse("no-capacity", [small]);
		await refuse("not-sold-here", [small]);
		await refuse("no-capacity", [small]);
		pass(23 * 3600);
		expect(await standing()).toMatchObject([{ reason: "not-sold-here" }]);
	});

	it("loses nothing of what many workers write at once", async () => {
		const workers = 8;
		const { refuse, standing } = world(workers);
		const types = Array.from({ length: 40 }, (_, index) => anOffering(`m${index}.large`));
		await Promise.all(
			types.map(async (type, index) => refuse("no-capacity", [type, small], index)),
		);
		expect(keysOf(await standing())).toEqual([...types, small].map(ruledOutKey).sort());
	});

	it("clears away what is long over while others write", async () => {
		const { refuse, standing, pass } = world(4);
		const old = Array.from({ length: 30 }, (_, index) => anOffering(`c${index}.large`));
		await refuse("no-capacity", old);
		pass(3601);
		const types = Array.from({ length: 4 }, (_, index) => anOffering(`r${index}.large`));
		await Promise.all(types.map(async (type, worker) => refuse("no-capacity", [type], worker)));
		expect(keysOf(await standing())).toEqual(types.map(ruledOutKey));
	});

	it("lets the longer of two reasons stand, also where they come at once", async () => {
		const { refuse, standing } = world(6);
		const types = Array.from({ length: 6 }, (_, index) => anOffering(`m${index}.large`));
		await Promise.all(
			types.flatMap((type) =>
				[0, 1, 2, 3, 4, 5].map(async (worker) =>
					refuse(worker % 2 === 0 ? "not-sold-here" : "no-capacity", [type], worker),
				),
			),
		);
		for (const { reason } of await standing()) expect(reason).toBe("not-sold-here");
	});

	const offerings = ["a1.medium", "c5.large", "m5.large"].map(anOffering);
	const step = fc.record({
		worker: fc.nat(3),
		which: fc.subarray(offerings, { minLength: 1 }),
	});
	const together = fc.record({
		steps: fc.array(step, { maxLength: 4 }),
		pass: fc.constantFrom(0, 1, 179, 180, 700, 1800, 3601),
	});
	/** Each entry has one of the times that there are, and none is over. */
	const haveTheirTime = (entries: readonly SetAsideEntry[], now: Date) => {
		for (const { at, until } of entries) {
			expect([180, 360, 720, 1440, 1800]).toContain((Date.parse(until) - Date.parse(at)) / 1000);
			expect(Date.parse(at)).toBeLessThanOrEqual(now.getTime());
			expect(Date.parse(until)).toBeGreaterThan(now.getTime());
		}
	};

	it("loses nothing and keeps nothing too long, whatever the workers do in whatever order", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(together, { maxLength: 6 }), async (run) => {
				const { refuse, standing, now, pass } = world(4);
				for (const { steps, pass: seconds } of run) {
					await Promise.all(
						steps.map(async ({ worker, which }) => refuse("no-capacity", which, worker)),
					);
					const entries = await standing();
					const refused = steps.flatMap(({ which }) => which.map(ruledOutKey));
					expect(keysOf(entries)).toEqual(expect.arrayContaining(refused));
					haveTheirTime(entries, now());
					pass(seconds);
				}
				pass(1800);
				expect(await standing()).toEqual([]);
			}),
			{ numRuns: 25 },
		);
	});
}
