import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { catalogueSource } from "../../shared/offerings/catalogue-source.ts";
import type { Snapshot } from "../../shared/offerings/snapshot.ts";
import { aSnapshot } from "../support/market.ts";

const noon = new Date("2026-08-05T12:00:00.000Z");

/** A source over a store whose answer, and a clock whose time, the case sets. */
function source(first: () => Promise<Snapshot | undefined>, readTimeoutMs?: number) {
	let now = noon;
	let reads = 0;
	let answer: (signal: AbortSignal) => Promise<Snapshot | undefined> = first;
	const store = {
		async get(signal: AbortSignal) {
			reads++;
			return await answer(signal);
		},
	};
	return {
		current: catalogueSource(store, "us-east-1", () => now, readTimeoutMs),
		reads: () => reads,
		answers(next: typeof answer) {
			answer = next;
		},
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1_000);
		},
	};
}

const stored = (date: string, types?: number) => async () => aSnapshot(date, types);
const nothing = async () => undefined;
const failing = async () => {
	throw new Error("no table");
};

describe("catalogueSource", () => {
	it("gives the packaged catalogue, and its age, until there is a stored one", async () => {
		const { current, answers, pass } = source(nothing);
		expect(await current()).toMatchObject({
			origin: "packaged",
			catalogue: { date: "2026-07-20", region: "us-east-1" },
			ageSeconds: 16.5 * 86_400,
		});
		answers(stored(noon.toISOString()));
		pass(29);
		expect(await current()).toMatchObject({ origin: "packaged" });
		pass(1);
		expect(await current()).toMatchObject({ origin: "stored", ageSeconds: 30 });
	});

	it("reads at most every five minutes, and gives the same object until it changes", async () => {
		const { current, reads, pass, answers } = source(stored("2026-08-05T11:00:00.000Z"));
		const first = await current();
		pass(299);
		expect((await current()).catalogue).toBe(first.catalogue);
		expect(reads()).toBe(1);
		pass(1);
		expect((await current()).catalogue).toBe(first.catalogue);
		expect(reads()).toBe(2);
		answers(stored("2026-08-05T12:05:00.000Z", 70));
		pass(300);
		expect((await current()).catalogue.types).toHaveLength(70);
	});

	it("shares one read among many who ask at once", async () => {
		const { current, reads } = source(async () => {
			await setImmediate();
			return aSnapshot(noon.toISOString());
		});
		const all = await Promise.all(Array.from({ length: 20 }, current));
		expect(reads()).toBe(1);
		expect(new Set(all.map(({ catalogue }) => catalogue)).size).toBe(1);
	});

	it("keeps what it knew when the store fails, says so, and asks again soon", async () => {
		const { current, answers, pass, reads } = source(stored(noon.toISOString()));
		const { catalogue } = await current();
		answers(failing);
		pass(300);
		expect(await current()).toEqual({
			catalogue,
			origin: "stored",
			ageSeconds: 300,
			failure: expect.objectContaining({ message: "no table" }),
		});
		pass(29);
		await current();
		expect(reads()).toBe(2);
		pass(1);
		answers(stored(noon.toISOString()));
		expect(await current()).not.toHaveProperty("failure");
		expect(reads()).toBe(3);
	});

	it("gives the packaged one when the first read fails", async () => {
		const { current } = source(failing);
		expect(await current()).toMatchObject({ origin: "packaged", failure: expect.any(Error) });
	});

	it("doesn't wait for a store that never answers", async () => {
		const { current } = source(nothing, 20);
		const slow = source(nothing, 20);
		slow.answers(
			async (signal) =>
				new Promise((_, reject) => {
					signal.addEventListener("abort", () => reject(signal.reason));
				}),
		);
		expect(await current()).not.toHaveProperty("failure");
		expect(await slow.current()).toMatchObject({
			origin: "packaged",
			failure: expect.objectContaining({ name: "TimeoutError" }),
		});
	});

	it("gives the packaged one for a stored one whose parts don't fit together", async () => {
		const snapshot = aSnapshot(noon.toISOString());
		const torn = { ...snapshot, columns: { ...snapshot.columns, spot: [true] } };
		const { current } = source(async () => torn);
		expect(await current()).toMatchObject({
			origin: "packaged",
			failure: expect.objectContaining({ reason: "BrokenCatalogue" }),
		});
	});
});
