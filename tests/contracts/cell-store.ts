import fc from "fast-check";
import { expect, it } from "vitest";
import type { CellIn, CellStore } from "../../shared/cells/model.ts";
import { refused, waiting } from "../../shared/cells/transitions.ts";
import {
	aBootingCell,
	aLaunchingCell,
	aRefusal,
	aScheduledCell,
	morning,
} from "../support/cells.ts";

/** What every CellStore must do; run against the one in memory and against DynamoDB, so that neither can lie. */
export function honoursCellStore(open: () => CellStore): void {
	const { signal } = new AbortController();
	let pods = 0;
	const uid = () => `pod-${++pods}`;

	it("gives a pod's first record to one of many who claim it at once", async () => {
		const store = open();
		const cell = aScheduledCell(uid());
		const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(cell, signal)));
		expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
		for (const { cell: standing } of claims) expect(standing).toEqual(cell);
	});

	it("shows who comes late the record that stands, not his own", async () => {
		const store = open();
		const first = aScheduledCell(uid());
		await store.claim(first, signal);
		const saved = await store.save(waiting(first, why, morning), signal);
		const late = await store.claim(aScheduledCell(first.podUid), signal);
		expect(late).toEqual({ cell: saved, claimed: false });
	});

	it("returns a record exactly as it was saved, in every phase", async () => {
		const store = open();
		for (const made of [aScheduledCell, aLaunchingCell, aBootingCell]) {
			const { cell } = await store.claim(made(uid()), signal);
			expect(await store.get(cell.podUid, signal)).toEqual(cell);
			const saved = await store.save(cell, signal);
			expect(saved).toEqual({ ...cell, version: cell.version + 1 });
			expect(await store.get(cell.podUid, signal)).toEqual(saved);
		}
	});

	it("knows nothing of a pod that was never claimed", async () => {
		expect(await open().get(uid(), signal)).toBeUndefined();
	});

	it("lets one of many savers of the same version through, and tells the others", async () => {
		const store = open();
		const { cell } = await store.claim(aLaunchingCell(uid()), signal);
		const saves = await Promise.allSettled(
			Array.from({ length: 8 }, () => store.save(cell, signal)),
		);
		const lost = saves.filter(({ status }) => status === "rejected");
		expect(lost).toHaveLength(7);
		for (const each of lost) expect(each).toMatchObject({ reason: { kind: "conflict" } });
	});

	it("refuses to save a record that was never claimed", async () => {
		await expect(open().save(aScheduledCell(uid()), signal)).rejects.toMatchObject({
			kind: "conflict",
		});
	});

	it("behaves like a map whatever the order of claims, saves and stale saves", async () => {
		const store = open();
		type Standing = CellIn<"Launching"> | undefined;
		const commands: Record<
			string,
			(standing: Standing, first: CellIn<"Launching">) => Promise<Standing>
		> = {
			async claim(standing, first) {
				const { claimed } = await store.claim(first, signal);
				expect(claimed).toBe(standing === undefined);
				return standing ?? first;
			},
			async save(standing) {
				if (standing === undefined) return undefined;
				await store.save(standing, signal);
				return { ...standing, version: standing.version + 1 };
			},
			async stale(standing, first) {
				const stale = { ...first, version: (standing?.version ?? 0) + 7 };
				await expect(store.save(stale, signal)).rejects.toMatchObject({ kind: "conflict" });
				return standing;
			},
		};
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.constantFrom(...Object.values(commands)), { maxLength: 12 }),
				async (run) => {
					const first = aLaunchingCell(uid());
					let standing: Standing;
					for (const command of run) {
						standing = await command(standing, first);
						expect(await store.get(first.podUid, signal)).toEqual(standing);
					}
				},
			),
			{ numRuns: 25 },
		);
	});

	it("keeps what EC2 refused", async () => {
		const store = open();
		const cell = aLaunchingCell(uid());
		await store.claim(cell, signal);
		const saved = await store.save(refused(cell, aRefusal()), signal);
		expect((await store.get(cell.podUid, signal))?.refusals).toEqual([aRefusal()]);
		expect(saved.conditions).toContainEqual(
			expect.objectContaining({ type: "Launched", status: "False" }),
		);
	});
}

const why = { reason: "NoCapacity", message: "nothing on offer" };
