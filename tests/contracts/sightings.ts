import fc from "fast-check";
import { expect, it } from "vitest";
import type { Sightings } from "../../shared/sightings/model.ts";
import { morning, secondsLater } from "../support/cells.ts";

/** What every Sightings must do; run against the one in memory and against DynamoDB. */
export function honoursSightings(open: (now: () => Date) => Sightings): void {
	const { signal } = new AbortController();
	const world = () => {
		let now = morning;
		const sightings = open(() => now);
		return {
			see: async (subject = "i-1") => await sightings.see(subject, signal),
			forget: async (subject = "i-1") => await sightings.forget(subject, signal),
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
			now: () => now,
		};
	};

	it("tells when a thing was first seen, each by itself", async () => {
		const { see, pass } = world();
		expect(await see()).toEqual(morning);
		pass(300);
		expect(await see()).toEqual(morning);
		expect(await see("i-2")).toEqual(secondsLater(300));
		pass(300);
		expect(await see()).toEqual(morning);
	});

	it("remembers for ever what is seen again within the hour", async () => {
		const { see, pass } = world();
		await see();
		for (let hours = 0; hours < 5; hours++) {
			pass(3_600);
			expect(await see()).toEqual(morning);
		}
	});

	it("begins anew with what has not been seen for more than an hour", async () => {
		const { see, pass } = world();
		await see();
		pass(3_601);
		expect(await see()).toEqual(secondsLater(3_601));
		pass(60);
		expect(await see()).toEqual(secondsLater(3_601));
	});

	it("begins anew with what was forgotten, and forgets what it never knew", async () => {
		const { see, forget, pass } = world();
		await see();
		pass(60);
		await forget();
		expect(await see()).toEqual(secondsLater(60));
		await forget("i-2");
	});

	it("tells all who see a thing at once the same", async () => {
		const { see, pass } = world();
		await see();
		pass(3_700);
		const all = await Promise.all(Array.from({ length: 6 }, async () => see()));
		for (const first of all) expect(first).toEqual(secondsLater(3_700));
	});

	it("tells the begin of each time without a gap, whatever is seen and forgotten", async () => {
		const step = fc.record({ pass: fc.constantFrom(0, 600, 3_600, 3_601), forget: fc.boolean() });
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
				const { see, forget, pass, now } = world();
				let first: Date | undefined;
				for (const each of steps) {
					pass(each.pass);
					if (each.forget) await forget();
					if (each.forget || each.pass > 3_600) first = undefined;
					first ??= now();
					expect(await see()).toEqual(first);
				}
			}),
			{ numRuns: 20 },
		);
	});
}
