import { describe, expect, it } from "vitest";
import { podFeed } from "../../infra/console/feed.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { terminated, terminating } from "../../shared/cells/transitions.ts";
import { statusDetailType, statusOf } from "../../shared/status/model.ts";
import { aScheduledCell, morning } from "../support/cells.ts";

const why = { reason: "PodDeleted", message: "the pod is gone" };

const anEndedCell = (uid: string): Cell => ({
	...terminated(terminating(aScheduledCell(uid), why, morning), undefined, morning),
	version: 2,
});

const announced = (cell: Cell) => ({
	source: "cellwright",
	detailType: statusDetailType,
	detail: statusOf(cell),
});

describe("the feed of pods", () => {
	it("tells which pod has changed, once its row says so", () => {
		const feed = podFeed(() => 0);
		const told: (string | undefined)[] = [];
		feed.events.on("pod", (uid) => told.push(feed.pod(uid)?.row.phase));
		feed.onCell(aScheduledCell("a"));
		feed.onCell(anEndedCell("a"));
		feed.onCell(aScheduledCell("a"));
		expect(told).toEqual(["Scheduled", "Terminated"]);
	});

	it("keeps two thousand pods, and forgets those that ended first", () => {
		const feed = podFeed(() => 0);
		feed.onCell(aScheduledCell("oldest"));
		for (let pod = 0; pod < 10; pod++) feed.onCell(anEndedCell(`ended-${pod}`));
		for (let pod = 0; pod < 1_999; pod++) feed.onCell(aScheduledCell(`${pod}`));
		expect(Array.from(feed.pods())).toHaveLength(2_000);
		expect(feed.pod("oldest")).toBeDefined();
		expect(feed.pod("ended-9")).toBeUndefined();
		feed.onCell(aScheduledCell("one more"));
		expect(Array.from(feed.pods())).toHaveLength(2_000);
		expect(feed.pod("oldest")).toBeUndefined();
	});

	it("keeps fifty events of each pod, the newest first", () => {
		let nowMs = 0;
		const feed = podFeed(() => nowMs);
		const cell = aScheduledCell("a");
		feed.onCell(cell);
		for (nowMs = 1; nowMs <= 60; nowMs++) feed.onEvent(announced(cell));
		const times = feed.pod("a")?.events.map(({ atMs }) => atMs);
		expect(times).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
	});

	it("takes nothing else from the bus for a status", () => {
		const feed = podFeed(() => 0);
		const cell = aScheduledCell("a");
		feed.onCell(cell);
		feed.onEvent({ ...announced(cell), detailType: "EC2 Instance State-change Notification" });
		feed.onEvent({ ...announced(cell), detail: { podUid: "a" } });
		feed.onEvent(announced(aScheduledCell("unknown")));
		expect(feed.pod("a")?.events).toEqual([]);
		expect(feed.pod("unknown")).toBeUndefined();
	});

	it("says in an event's text why, and what was warned of", () => {
		const feed = podFeed(() => 0);
		feed.onCell(anEndedCell("a"));
		feed.onEvent(announced(anEndedCell("a")));
		expect(feed.pod("a")?.events[0]?.text).toBe("Terminated: PodDeleted: the pod is gone");
	});
});
