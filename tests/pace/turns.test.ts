import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pace } from "../../shared/pace/model.ts";
import { allFree, type TurnsState, takeTurn, throttled } from "../../shared/pace/turns.ts";
import { documentedPace, expectPaceKept } from "../contracts/launch-turns.ts";
import { morning, secondsLater } from "../support/cells.ts";

const anyPace: fc.Arbitrary<Pace> = fc.record({
	callBurst: fc.integer({ min: 1, max: 20 }),
	callsPerSecond: fc.constantFrom(0.5, 1, 2, 3, 7, 20),
	instanceBurst: fc.integer({ min: 10, max: 100 }),
	instancesPerSecond: fc.constantFrom(0.5, 2, 3, 50),
});

type Ask = Readonly<{ afterMs: number; instances: number; refused: boolean; aheadMs: number }>;

const anyAsk = (over: Partial<{ [K in keyof Ask]: fc.Arbitrary<Ask[K]> }> = {}) =>
	fc.record({
		afterMs: fc.oneof(fc.constant(0), fc.nat(2_000), fc.constant(60_000)),
		instances: fc.integer({ min: 1, max: 10 }),
		refused: fc.constant(false),
		aheadMs: fc.constant(0),
		...over,
	});

/** The slots in real time, of workers whose clocks are ahead by so much. */
function slotsOf(asks: readonly Ask[], pace: Pace, first = allFree(pace, morning)) {
	let state: TurnsState = first;
	let nowMs = morning.getTime();
	const slots: { atMs: number; instances: number }[] = [];
	for (const { afterMs, instances, refused, aheadMs } of asks) {
		nowMs += afterMs;
		const clock = new Date(nowMs + aheadMs);
		if (refused) state = throttled(state, clock);
		const taken = takeTurn(state, pace, instances, clock);
		state = taken.state;
		slots.push({ atMs: taken.at.getTime() - aheadMs, instances });
	}
	return { slots, state };
}

/** The burst of calls, then of instances. */
const expectBothKept = (
	slots: readonly { atMs: number; instances: number }[],
	pace: Pace,
	graceMs = 0,
) => {
	const { callBurst, callsPerSecond, instanceBurst, instancesPerSecond } = pace;
	const sorted = slots.toSorted((a, b) => a.atMs - b.atMs);
	expectPaceKept(
		sorted.map(({ atMs }) => atMs),
		callBurst + (graceMs * callsPerSecond) / 1000,
		callsPerSecond,
	);
	expectPaceKept(
		sorted.flatMap(({ atMs, instances }) => Array.from({ length: instances }, () => atMs)),
		instanceBurst + (graceMs * instancesPerSecond) / 1000,
		instancesPerSecond,
	);
};

describe("turns", () => {
	it("keep the pace of calls and of instances in any time, also while EC2 refuses", () => {
		const asks = fc.array(anyAsk({ refused: fc.boolean() }), { maxLength: 12 });
		fc.assert(
			fc.property(asks, anyPace, (asked, pace) => {
				expectBothKept(slotsOf(asked, pace).slots, pace);
			}),
		);
	});

	it("come in the order of asking, and never before it", () => {
		const asks = fc.array(anyAsk({ refused: fc.boolean() }), { maxLength: 30 });
		fc.assert(
			fc.property(asks, anyPace, (asked, pace) => {
				let before = 0;
				let nowMs = morning.getTime();
				for (const [index, { atMs }] of slotsOf(asked, pace).slots.entries()) {
					nowMs += asked[index]?.afterMs ?? 0;
					expect(atMs).toBeGreaterThanOrEqual(Math.max(before, nowMs));
					before = atMs;
				}
			}),
		);
	});

	it.each([
		{ askers: 1_000, instances: 1, endSeconds: (1_000 - 5) / 2 },
		{ askers: 10_000, instances: 1, endSeconds: (10_000 - 5) / 2 },
		// Groups of ten are launched as fast as instances allow.
		{ askers: 100, instances: 10, endSeconds: (100 - 5) / 2 },
		{ askers: 1_000, instances: 10, endSeconds: (10_000 - 1_000) / 2 },
	])("of $askers askers for $instances at once end after $endSeconds s", (example) => {
		const ask = { afterMs: 0, instances: example.instances, refused: false, aheadMs: 0 };
		const { slots } = slotsOf(
			Array.from({ length: example.askers }, () => ask),
			documentedPace,
		);
		expect(slots.at(-1)?.atMs).toBe(secondsLater(example.endSeconds).getTime());
	});

	it("wait for a call of more instances than the burst until as many would have come in", () => {
		const pace = { ...documentedPace, instanceBurst: 4 };
		const first = takeTurn(allFree(pace, morning), pace, 10, morning);
		expect(first.at).toEqual(secondsLater(3));
		expect(takeTurn(first.state, pace, 1, morning).at).toEqual(secondsLater(3.5));
	});

	it("are taken at once where the pace has been raised meanwhile", () => {
		const { state } = slotsOf(
			Array.from({ length: 5 }, () => anAsk),
			documentedPace,
		);
		const raised = { ...documentedPace, callBurst: 50, callsPerSecond: 20 };
		const later = takeTurn(state, raised, 1, secondsLater(0.1));
		expect(later.at).toEqual(secondsLater(0.1));
	});
});

const anAsk: Ask = { afterMs: 0, instances: 1, refused: false, aheadMs: 0 };

describe("a refusal of EC2", () => {
	/** Of so many who ask at this moment, how long the last one waits. */
	const waitMs = (state: TurnsState, at: Date, askers = 1) => {
		const before = Array.from({ length: askers - 1 }).reduce<TurnsState>(
			(each) => takeTurn(each, documentedPace, 1, at).state,
			state,
		);
		return takeTurn(before, documentedPace, 1, at).at.getTime() - at.getTime();
	};
	const refusedAt = (seconds: readonly number[]) =>
		seconds.reduce(
			(state, at) => throttled(state, secondsLater(at)),
			allFree(documentedPace, morning),
		);

	it("lets nobody go for a moment, and then three tenths slower", () => {
		expect(waitMs(refusedAt([0]), morning)).toBe(Math.ceil(500 / 0.7));
	});

	it("counts once for all of a burst", () => {
		const after = waitMs(refusedAt([0, 0, 0.2, 0.9]), secondsLater(0.9));
		expect(after).toBe(Math.ceil(500 / (0.7 + 0.9 / 120)));
		const twice = waitMs(refusedAt([0, 1]), secondsLater(1));
		expect(twice).toBe(Math.ceil(500 / ((0.7 + 1 / 120) * 0.7)));
	});

	const minute = Array.from({ length: 60 }, (_, index) => index);

	it("slows down to a tenth and no further", () => {
		expect(waitMs(refusedAt(minute), secondsLater(59))).toBe(5_000);
	});

	it("is forgotten within two minutes", () => {
		const state = refusedAt(minute);
		expect(waitMs(state, secondsLater(59 + 60), 10)).toBeGreaterThan(2_500);
		expect(waitMs(state, secondsLater(59 + 120), 10)).toBe(2_500);
	});

	it("makes no turn free that wasn't", () => {
		fc.assert(
			fc.property(fc.array(anyAsk(), { maxLength: 20 }), anyPace, (asked, pace) => {
				const { state } = slotsOf(asked, pace);
				const clock = new Date(state.clock);
				const without = takeTurn(state, pace, 1, clock).at.getTime();
				const after = takeTurn(throttled(state, clock), pace, 1, clock).at.getTime();
				expect(after).toBeGreaterThanOrEqual(without);
			}),
		);
	});
});

describe("workers whose clocks differ by minutes", () => {
	const minutes = fc.integer({ min: -240_000, max: 240_000 });

	it("keep the pace but for what the clocks differ by", () => {
		const asks = fc.array(anyAsk({ aheadMs: minutes }), { maxLength: 12 });
		fc.assert(
			fc.property(asks, anyPace, (asked, pace) => {
				expectBothKept(slotsOf(asked, pace).slots, pace, 480_000);
			}),
		);
	});

	it("burn at most the burst between those who keep time", () => {
		const early = Array.from({ length: 20 }, () => anAsk);
		const ahead = Array.from({ length: 10 }, () => ({ ...anAsk, aheadMs: 240_000 }));
		const { slots } = slotsOf([...early, ...ahead], documentedPace);
		const atOnce = slots.filter(({ atMs }) => atMs === morning.getTime());
		expect(atOnce).toHaveLength(10);
	});

	it("wait no longer than what one is ahead, and what was asked for meanwhile", () => {
		const behind = fc.array(anyAsk({ instances: fc.constant(1) }), { maxLength: 30 });
		fc.assert(
			fc.property(behind, fc.nat(240_000), (asked, aheadMs) => {
				const ahead = { ...anAsk, aheadMs };
				const skewed = slotsOf([ahead, ...asked], documentedPace).slots;
				const kept = slotsOf([anAsk, ...asked], documentedPace).slots;
				for (const [index, { atMs }] of skewed.entries()) {
					expect(atMs).toBeGreaterThanOrEqual(kept[index]?.atMs ?? 0);
					expect(atMs).toBeLessThanOrEqual((kept[index]?.atMs ?? 0) + aheadMs);
				}
			}),
		);
	});

	it("follow no clock that is broken", () => {
		const broken = { ...anAsk, aheadMs: 24 * 3_600_000 };
		const { state } = slotsOf([broken], documentedPace);
		const { state: after } = slotsOf(
			Array.from({ length: 4 }, () => anAsk),
			documentedPace,
			state,
		);
		expect(takeTurn(after, documentedPace, 1, secondsLater(10)).at).toEqual(secondsLater(10));
	});
});
