import { describe, expect, it } from "vitest";
import type { Hello } from "../../../infra/console/api.ts";
import { afterEvent, afterLoss, emptyPicture } from "../../../infra/console/page/picture.ts";
import { aRow, morningMs } from "./rows.ts";

const hello = (over: Partial<Hello> = {}): Hello => ({
	nowMs: morningMs,
	startedMs: morningMs - 60_000,
	region: "us-east-1",
	providerFile: "provider.yaml",
	endpoints: {},
	examplePod: "",
	...over,
});
const greeted = afterEvent(emptyPicture, { event: "hello", data: hello() }, morningMs - 5_000);

describe("the page's picture", () => {
	it("knows how far the server's clock is ahead", () => {
		expect(greeted).toMatchObject({ connection: "live", clockAheadMs: 5_000 });
	});

	it("drops an older row that comes late, and takes the same version again", () => {
		const newer = afterEvent(greeted, { event: "pod", data: aRow("a", { version: 2 }) }, 0);
		const late = afterEvent(newer, { event: "pod", data: aRow("a", { version: 1 }) }, 0);
		expect(late).toBe(newer);
		const again = aRow("a", { version: 2, phase: "Ready" });
		expect(afterEvent(newer, { event: "pod", data: again }, 0).pods.get(again.uid)).toBe(again);
	});

	it("holds as many pods as the server, and forgets those that ended first", () => {
		let picture = afterEvent(greeted, { event: "pod", data: aRow("lives") }, 0);
		for (let count = 1; count <= 2_000; count++) {
			const data = aRow(`${count}`, { phase: "Terminated" });
			picture = afterEvent(picture, { event: "pod", data }, 0);
		}
		const names = [...picture.pods.values()].map(({ name }) => name);
		expect([names.length, names[0], names[1], names.at(-1)]).toEqual([2_000, "lives", "2", "2000"]);
	});

	it("stands while the connection is lost, from the first moment of it, by the server's clock", () => {
		const seen = afterEvent(greeted, { event: "pod", data: aRow("a") }, 0);
		const lost = afterLoss(afterLoss(seen, morningMs), morningMs + 9_000);
		expect(lost).toMatchObject({ connection: "lost", lostMs: morningMs + 5_000 });
		expect(lost.pods.size).toBe(1);
	});

	it("goes on with the same run, and begins anew with another", () => {
		const lost = afterLoss(afterEvent(greeted, { event: "pod", data: aRow("a") }, 0), morningMs);
		const same = afterEvent(lost, { event: "hello", data: hello() }, morningMs);
		expect(same).toMatchObject({ connection: "live" });
		expect(same).not.toHaveProperty("lostMs");
		expect(same.pods.size).toBe(1);
		const other = hello({ startedMs: morningMs });
		expect(afterEvent(lost, { event: "hello", data: other }, morningMs).pods.size).toBe(0);
	});
});
