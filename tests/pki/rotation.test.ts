import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { Roster } from "../../shared/pki/model.ts";
import {
	alsoTrustedIdsFor,
	currentOf,
	nextOf,
	promoted,
	withNext,
	without,
} from "../../shared/pki/rotation.ts";

const now = new Date("2026-11-23T08:00:00.000Z");
const idOf = (number: number): string => number.toString(16).padStart(16, "0");
const [one, two, three] = [idOf(1), idOf(2), idOf(3)];
const first: Roster = {
	firstId: one,
	authorities: [{ id: one, role: "current", since: now.toISOString(), trusted: true }],
};
const prepared = withNext(first, two, now);
const rotated = promoted(prepared, now, true);

/** What an operator may do, with the id that a new authority would have. */
const moves: Readonly<Record<string, (roster: Roster, id: string) => Roster>> = {
	step: (roster, id) =>
		nextOf(roster) === undefined ? withNext(roster, id, now) : promoted(roster, now, true),
	atOnce: (roster, id) =>
		promoted(nextOf(roster) === undefined ? withNext(roster, id, now) : roster, now, false),
	retireOldest: (roster) => without(roster, roster.authorities[0]?.id ?? ""),
	retireNewest: (roster) => without(roster, roster.authorities.at(-1)?.id ?? ""),
};

/** A move that is refused for a reason that somebody understood changes nothing. */
function unlessRefused(roster: Roster, move: () => Roster): Roster {
	try {
		return move();
	} catch (error) {
		if (error instanceof ProvisionerError) return roster;
		throw error;
	}
}

describe("a rotation", () => {
	it.each([
		{ when: "there is one authority", roster: first, by: one, trusts: [] },
		{ when: "there is a next one", roster: prepared, by: one, trusts: [two] },
		{ when: "the next one signs", roster: rotated, by: two, trusts: [one] },
		{
			when: "the former one was replaced at once",
			roster: promoted(prepared, now, false),
			by: two,
			trusts: [],
		},
		{
			when: "the next rotation has begun",
			roster: withNext(rotated, three, now),
			by: two,
			trusts: [one, three],
		},
		{ when: "the former one is retired", roster: without(rotated, one), by: two, trusts: [] },
	])("lets new cells trust $trusts besides their own when $when", ({ roster, by, trusts }) => {
		expect(currentOf(roster).id).toBe(by);
		expect(alsoTrustedIdsFor(roster, by)).toEqual(trusts);
	});

	it("may be given up before its second step", () => {
		expect(without(prepared, two)).toEqual(first);
	});

	it.each([
		{ when: "it signs", id: one, says: "rotate first" },
		{ when: "there is none", id: three, says: "There is no authority" },
	])("doesn't end an authority when $when", ({ id, says }) => {
		expect(() => without(prepared, id)).toThrow(says);
	});

	it("never leaves nobody or two to sign, nor more than a cell's user data holds", () => {
		const steps = fc.array(fc.constantFrom(...Object.values(moves)), { maxLength: 40 });
		fc.assert(
			fc.property(steps, (taken) => {
				let roster = first;
				for (const [index, move] of taken.entries()) {
					roster = unlessRefused(roster, () => move(roster, idOf(index + 2)));
					Roster.parse(roster);
					const ids = roster.authorities.map(({ id }) => id);
					expect(new Set(ids).size).toBe(ids.length);
					const trusted = roster.authorities.filter((each) => each.trusted);
					expect(trusted.length).toBeLessThanOrEqual(4);
					expect(roster.authorities.filter(({ role }) => role === "next").length).toBeLessThan(2);
				}
			}),
		);
	});
});
