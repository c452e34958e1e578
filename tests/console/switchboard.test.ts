import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { switchboard } from "../../infra/console/switchboard.ts";
import { rememberingEc2 } from "./served.ts";

const started = { throttling: false, bootTime: { medianMs: 2_500, spread: 0.4 } } as const;

/** A switchboard, its EC2, and how often it said that something has changed. */
function board() {
	const { ec2, done } = rememberingEc2();
	const switches = switchboard(ec2, started, () => 7);
	let changes = 0;
	switches.events.on("changed", () => {
		changes += 1;
	});
	return { switches, done, changes: () => changes };
}

describe("the switchboard", () => {
	it("begins as the EC2 was started", () => {
		const { switches, done } = board();
		expect(switches.state()).toEqual({
			withoutCapacity: [],
			throttling: false,
			bootSeconds: 2.5,
			neverBoots: false,
			log: [],
		});
		expect(done).toEqual([]);
	});

	it("keeps the spread of boot times when their median changes", () => {
		const { switches, done } = board();
		switches.setBootSeconds(10);
		expect(done).toEqual(['boot {"medianMs":10000,"spread":0.4}']);
		expect(switches.state().bootSeconds).toBe(10);
	});

	it("takes the same away twice, and gives each back by its own id, once", () => {
		const { switches, done } = board();
		switches.takeCapacity({ instanceType: "t3a.small" });
		switches.takeCapacity({ instanceType: "t3a.small" });
		const [first, second] = switches.state().withoutCapacity;
		expect(first?.id).not.toBe(second?.id);
		expect(switches.giveCapacityBack(first?.id ?? "")).toBe(true);
		expect(switches.giveCapacityBack(first?.id ?? "")).toBe(false);
		expect(switches.state().withoutCapacity).toEqual([second]);
		expect(done).toHaveLength(3);
	});

	it.each([
		{ pattern: { instanceType: "c7*" }, text: "c7*" },
		{ pattern: { zone: "us-east-1a" }, text: "*@us-east-1a" },
		{
			pattern: { instanceType: "m5.large", zone: "use1-az1", market: "spot" as const },
			text: "m5.large@use1-az1/spot",
		},
	])("names what it takes as it is typed: $text", ({ pattern, text }) => {
		const { switches } = board();
		switches.takeCapacity(pattern);
		expect(switches.state().withoutCapacity[0]?.pattern).toBe(text);
	});

	it("tells of each change, and keeps the latest fifty in its log", () => {
		const { switches, changes } = board();
		for (let factor = 1; factor <= 60; factor++) switches.setThrottling(factor);
		expect(changes()).toBe(60);
		const { log } = switches.state();
		expect(log).toHaveLength(50);
		expect(log[0]).toEqual({ atMs: 7, text: "request rates are 60 times EC2's" });
	});
});

describe("capacity that returns by itself", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("is there again after its time", () => {
		const { switches, done } = board();
		switches.takeCapacity({ instanceType: "t3a.small" }, 20_000);
		vi.advanceTimersByTime(19_999);
		expect(switches.state().withoutCapacity).toHaveLength(1);
		vi.advanceTimersByTime(1);
		expect(switches.state().withoutCapacity).toEqual([]);
		expect(done.at(-1)).toBe('give {"instanceType":"t3a.small"}');
	});

	it("never is, once the switchboard has stopped", () => {
		const { switches } = board();
		switches.takeCapacity({ instanceType: "t3a.small" }, 20_000);
		switches.stop();
		vi.advanceTimersByTime(60_000);
		expect(switches.state().withoutCapacity).toHaveLength(1);
	});
});
