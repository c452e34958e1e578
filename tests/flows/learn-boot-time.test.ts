import { describe, expect, it } from "vitest";
import { booting, ready } from "../../shared/cells/transitions.ts";
import { bootMsShownBy } from "../../shared/flows/learn-boot-time.ts";
import { aBootingCell, aLaunchingCell, anInstance, aPlan, secondsLater } from "../support/cells.ts";

/** A cell that was planned at 0 s, launched at 2 s, and answered then. */
const answered = (atSeconds: number, firstCheckSeconds = 20) =>
	ready(
		booting(aLaunchingCell("1", aPlan({ firstCheckSeconds })), anInstance(), secondsLater(2)),
		secondsLater(atSeconds),
		secondsLater(atSeconds),
	);

describe("what a birth has shown", () => {
	it.each([
		{ when: "the cell was seen silent before", at: 40, since: 20, bootMs: 38_000 },
		{ when: "it answered the second ping", at: 20.3, since: 20, bootMs: 18_300 },
		{ when: "it answered the first ping: half", at: 20.05, since: 20, bootMs: 9_025 },
		{ when: "a slow queue brought the first look: half", at: 30, since: 29.9, bootMs: 14_000 },
		{ when: "a former watch saw it silent", at: 52, since: 51.9, bootMs: 50_000 },
		{ when: "the clocks disagree", at: 1, since: 0.9, bootMs: undefined },
	])("is $bootMs ms when $when", ({ at, since, bootMs }) => {
		expect(bootMsShownBy(answered(at), secondsLater(since))).toBe(bootMs);
	});

	it("is taken as it is from a plan that names no first look", () => {
		const cell = ready(aBootingCell(), secondsLater(30), secondsLater(30));
		expect(bootMsShownBy(cell, secondsLater(29.9))).toBe(30_000);
	});
});
