import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { type CachedImage, type Image, imageKey } from "../../shared/images/model.ts";
import { anImage } from "../support/images.ts";

const now = new Date("2026-06-01T00:00:00.000Z");
const hoursAgo = (hours: number): string =>
	new Date(now.getTime() - hours * 3_600_000).toISOString();

type World = Readonly<{
	/** What EC2 answers; an error is thrown. */
	ec2?: readonly Image[] | Error;
	/** Age of what the cache holds; absent: nothing. */
	cachedHours?: number;
	refreshedAt?: string;
	/** Held back until this settles. */
	gate?: Promise<void>;
	cacheBroken?: boolean;
}>;

const old = anImage({ imageId: "ami-old" });
const fresh = anImage({ imageId: "ami-new" });

/** A finder over a register and a cache that count how often they are asked. */
function world({ ec2 = [fresh], cachedHours, refreshedAt, gate, cacheBroken }: World = {}) {
	const calls = { reads: 0, writes: 0, ec2: 0, aborted: 0 };
	const cache = new Map<string, CachedImage>();
	const at = refreshedAt ?? (cachedHours === undefined ? undefined : hoursAgo(cachedHours));
	if (at !== undefined) cache.set(imageKey({}, "x86_64"), { image: old, refreshedAt: at });
	const { find, forget } = imageFinder({
		now: () => now,
		imageCache: {
			async get(key) {
				calls.reads += 1;
				return cache.get(key);
			},
			async put(key, cached) {
				calls.writes += 1;
				if (cacheBroken) throw new Error("table is gone");
				cache.set(key, cached);
			},
			async remove(key, imageId) {
				if (cache.get(key)?.image.imageId === imageId) cache.delete(key);
			},
		},
		images: {
			async find(_spec, _architecture, signal) {
				calls.ec2 += 1;
				const ended = Promise.withResolvers<never>();
				signal.addEventListener("abort", () => {
					calls.aborted += 1;
					ended.reject(signal.reason);
				});
				await Promise.race([gate, ended.promise]);
				if (ec2 instanceof Error) throw ec2;
				return ec2;
			},
		},
	});
	return { find, forget, calls, cache };
}

const { signal } = new AbortController();

describe("imageFinder", () => {
	it.each([
		{ hours: 0, source: "cache" },
		{ hours: 23.9, source: "cache" },
		{ hours: 24, source: "stale" },
		{ hours: 167.9, source: "stale" },
	])("serves an image of $hours h with one read and no call to EC2", async ({ hours, source }) => {
		const { find, calls } = world({ cachedHours: hours });
		expect(await find({}, "x86_64", signal)).toEqual({
			image: old,
			ageSeconds: hours * 3_600,
			source,
		});
		expect(calls).toMatchObject({ reads: 1, writes: 0, ec2: 0 });
	});

	it.each([
		{ when: "the cache has none", of: {} },
		{ when: "it is a week old", of: { cachedHours: 168 } },
		{ when: "its time can't be read", of: { refreshedAt: "soon" } },
	])("asks EC2 when $when, and writes the answer back", async ({ of }) => {
		const { find, calls, cache } = world(of);
		expect(await find({}, "x86_64", signal)).toEqual({
			image: fresh,
			ageSeconds: 0,
			source: "ec2",
		});
		expect(cache.get(imageKey({}, "x86_64"))).toEqual({
			image: fresh,
			refreshedAt: now.toISOString(),
		});
		expect(await find({}, "x86_64", signal)).toMatchObject({ source: "cache" });
		expect(calls).toMatchObject({ reads: 2, writes: 1, ec2: 1 });
	});

	it("takes a time ahead of its own clock for just now", async () => {
		const { find } = world({ cachedHours: -1 });
		expect(await find({}, "x86_64", signal)).toMatchObject({ source: "cache", ageSeconds: 0 });
	});

	it("chooses the newest of what EC2 lists", async () => {
		const newest = anImage({ imageId: "ami-2027", createdAt: "2027-01-01T00:00:00.000Z" });
		const { find } = world({ ec2: [fresh, newest, old] });
		expect((await find({}, "x86_64", signal)).image).toEqual(newest);
	});

	it("serves the old image when EC2 fails, and says so", async () => {
		const failure = new Error("EC2 is away");
		const { find } = world({ ec2: failure, cachedHours: 200 });
		expect(await find({}, "x86_64", signal)).toEqual({
			image: old,
			ageSeconds: 200 * 3_600,
			source: "stale",
			failure,
		});
	});

	it("serves the old image when EC2 no longer lists one, and says so", async () => {
		const { find } = world({ ec2: [], cachedHours: 200 });
		expect(await find({}, "x86_64", signal)).toMatchObject({
			image: old,
			source: "stale",
			failure: { reason: "NoImage" },
		});
	});

	it("serves EC2's answer when it can't be written back, and says so", async () => {
		const { find } = world({ cacheBroken: true });
		expect(await find({}, "x86_64", signal)).toMatchObject({
			image: fresh,
			source: "ec2",
			failure: { message: "table is gone" },
		});
	});

	it("throws NoImage with spec and architecture when nothing matches and nothing is cached", async () => {
		const { find } = world({ ec2: [] });
		const finding = find({ owners: "self" }, "arm64", signal);
		await expect(finding).rejects.toThrow(ProvisionerError);
		await expect(finding).rejects.toMatchObject({
			kind: "operator",
			reason: "NoImage",
			message: expect.stringMatching(/arm64.*"owners":"self"/),
		});
	});

	it("throws EC2's failure when nothing is cached, and asks again the next time", async () => {
		const { find, calls } = world({ ec2: new Error("EC2 is away") });
		await expect(find({}, "x86_64", signal)).rejects.toThrow("EC2 is away");
		await expect(find({}, "x86_64", signal)).rejects.toThrow("EC2 is away");
		expect(calls.ec2).toBe(2);
	});
});

describe("an image that is forgotten", () => {
	it("is looked up anew by the next asker", async () => {
		const { find, forget, calls } = world({ cachedHours: 1 });
		await forget({}, "x86_64", old.imageId, signal);
		expect(await find({}, "x86_64", signal)).toMatchObject({ image: fresh, source: "ec2" });
		expect(calls).toMatchObject({ ec2: 1 });
	});

	it("leaves another one that took its place", async () => {
		const { find, forget, calls } = world({ cachedHours: 1 });
		await forget({}, "x86_64", "ami-older", signal);
		expect(await find({}, "x86_64", signal)).toMatchObject({ image: old, source: "cache" });
		expect(calls).toMatchObject({ ec2: 0 });
	});

	it("doesn't come back when EC2 lists none any more", async () => {
		const { find, forget } = world({ cachedHours: 1, ec2: [] });
		await forget({}, "x86_64", old.imageId, signal);
		await expect(find({}, "x86_64", signal)).rejects.toMatchObject({ reason: "NoImage" });
	});
});

describe("imageFinder asked by many at once", () => {
	it("asks EC2 once for a hundred askers", async () => {
		const { find, calls } = world();
		const found = await Promise.all(Array.from({ length: 100 }, () => find({}, "x86_64", signal)));
		expect(new Set(found.map(({ image }) => image.imageId))).toEqual(new Set(["ami-new"]));
		expect(calls).toMatchObject({ reads: 1, writes: 1, ec2: 1 });
	});

	it("tells all of them of one failure", async () => {
		const { find, calls } = world({ ec2: new Error("EC2 is away") });
		const askers = Array.from({ length: 100 }, () => find({}, "x86_64", signal));
		const settled = await Promise.allSettled(askers);
		expect(settled.every(({ status }) => status === "rejected")).toBe(true);
		expect(calls.ec2).toBe(1);
	});

	it("asks separately for different images", async () => {
		const { find, calls } = world();
		await Promise.all([
			find({}, "x86_64", signal),
			find({}, "arm64", signal),
			find({ owners: "self" }, "arm64", signal),
			find({ owners: " self " }, "arm64", signal),
		]);
		expect(calls.ec2).toBe(3);
	});

	it("goes on for the others when the first asker gives up", async () => {
		const gate = Promise.withResolvers<void>();
		const { find, calls } = world({ gate: gate.promise });
		const first = new AbortController();
		const leaving = find({}, "x86_64", first.signal);
		const staying = find({}, "x86_64", signal);
		first.abort(new Error("out of time"));
		await expect(leaving).rejects.toThrow("out of time");
		gate.resolve();
		expect(await staying).toMatchObject({ source: "ec2" });
		expect(calls).toMatchObject({ ec2: 1, aborted: 0 });
	});

	it("ends the call when the last asker gives up, and begins a new one for the next", async () => {
		const gate = Promise.withResolvers<void>();
		const { find, calls } = world({ gate: gate.promise, cachedHours: 200 });
		const controller = new AbortController();
		const askers = [1, 2].map(() => find({}, "x86_64", controller.signal));
		await expect.poll(() => calls.ec2, { timeout: 20_000 }).toBe(1);
		controller.abort(new Error("out of time"));
		for (const asker of askers) await expect(asker).rejects.toThrow("out of time");
		const next = find({}, "x86_64", signal);
		gate.resolve();
		expect(await next).toMatchObject({ source: "ec2" });
		expect(calls).toMatchObject({ ec2: 2, aborted: 1 });
	});

	it("does not begin for an asker who has given up already", async () => {
		const { find, calls } = world();
		await expect(find({}, "x86_64", AbortSignal.abort())).rejects.toThrow(/abort/i);
		expect(calls.reads).toBe(0);
	});
});
