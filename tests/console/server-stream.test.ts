import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { failed } from "../../shared/cells/transitions.ts";
import { aBootingCell, aLaunchingCell, aScheduledCell, morning } from "../support/cells.ts";
import { ask, eventsOf, opened, type StreamEvent, untilEvent } from "./reading.ts";
import { servedConsole } from "./served.ts";

/** A line of a metric as a function writes it. */
const metricLine = (name: string, value: number, atMs: number): string =>
	JSON.stringify({
		_aws: {
			Timestamp: atMs,
			CloudWatchMetrics: [{ Namespace: "c", Dimensions: [[]], Metrics: [{ Name: name }] }],
		},
		[name]: value,
	});

/** So many events from the beginning. */
async function firstEvents(url: string, count: number): Promise<readonly StreamEvent[]> {
	const events: StreamEvent[] = [];
	await untilEvent(url, (event) => {
		events.push(event);
		return events.length === count ? true : undefined;
	});
	return events;
}

/** The first so many pods, and states of a switch. */
async function changesIn(reader: IncomingMessage, count: number) {
	const told: (string | boolean)[] = [];
	for await (const { event, data } of eventsOf(reader)) {
		if (event === "pod") told.push(data.uid);
		if (event === "switchboard") told.push(data.neverBoots);
		if (told.length === count) break;
	}
	return told;
}

/** The lines of the pods that were accepted and became ready, as often as the fleet's charts are told. */
async function* fleetCharts(reader: IncomingMessage) {
	for await (const { event, data } of eventsOf(reader)) {
		if (event !== "charts" || data.dashboard !== "fleet") continue;
		const [, pods] = data.rows[0] ?? [];
		yield pods?.shows === "lines" ? pods.lines : [];
	}
}

describe("the stream", () => {
	it("tells whoever comes everything there is, and begins with itself", async () => {
		const { url, pods, charts } = await servedConsole();
		pods.onCell(aScheduledCell("a"));
		pods.onCell(aBootingCell("b"));
		charts.take(metricLine("PodsAccepted", 2, 5_000));
		const events = await firstEvents(url, 6);
		expect(events.map(({ id, event }) => `${id} ${event}`)).toEqual([
			"1 hello",
			"2 pod",
			"3 pod",
			"4 switchboard",
			"5 charts",
			"6 charts",
		]);
		expect(events.map(({ data }) => data)).toMatchObject([
			{ nowMs: 1_000_000, region: "us-east-1", examplePod: "kind: Pod" },
			{ uid: "a", phase: "Scheduled" },
			{ uid: "b", phase: "Booting" },
			{ throttling: 1, bootSeconds: 3, neverBoots: false, withoutCapacity: [] },
			{ dashboard: "fleet", periodStarts: [5], periodSeconds: 1 },
			{ dashboard: "health" },
		]);
	});

	it("is one that browsers take, and come back to", async () => {
		const { url } = await servedConsole();
		const response = await opened(`${url}api/stream`);
		expect(response.headers["content-type"]).toBe("text/event-stream");
		response.setEncoding("utf8");
		const [text] = await once(response, "data");
		expect(text).toMatch(/^retry: \d+\n\n/);
		response.destroy();
	});

	it("tells every reader of each change: of pods, and of the switches", async () => {
		const { url, pods, switches } = await servedConsole();
		const readers = [await opened(`${url}api/stream`), await opened(`${url}api/stream`)];
		pods.onCell(aScheduledCell("late"));
		switches.setNeverBoots(true);
		for (const reader of readers) expect(await changesIn(reader, 3)).toEqual([false, "late", true]);
	});

	it("tells each reader of charts once, and again when something has come", async () => {
		const { url, charts, clock } = await servedConsole({ times: { chartsMs: 5, heartbeatMs: 20 } });
		charts.take(metricLine("PodsAccepted", 2, 5_000));
		const reader = await opened(`${url}api/stream`);
		const earlier = fleetCharts(reader);
		expect(await earlier.next()).toMatchObject({ value: [{ label: "accepted", points: [2] }] });
		charts.take(metricLine("CellsReady", 1, 6_000));
		clock.nowMs += 2_000;
		// Whoever comes in between takes nothing from the others.
		const later = fleetCharts(await opened(`${url}api/stream`));
		const both = [
			{ label: "accepted", points: [2, null] },
			{ label: "ready", points: [null, 1] },
		];
		expect((await earlier.next()).value).toEqual(both);
		expect((await later.next()).value).toEqual(both);
		charts.take(metricLine("CellsReady", 3, 6_000));
		clock.nowMs += 2_000;
		for (const each of [earlier, later])
			expect((await each.next()).value).toMatchObject([{}, { points: [null, 4] }]);
		await Promise.all([earlier.return(undefined), later.return(undefined)]);
	});

	it("draws nothing anew while there is nothing new", async () => {
		const { url, charts, clock } = await servedConsole({ times: { chartsMs: 1, heartbeatMs: 30 } });
		charts.take(metricLine("PodsAccepted", 2, 5_000));
		const reader = await opened(`${url}api/stream`);
		clock.nowMs += 2_000;
		reader.setEncoding("utf8");
		let text = "";
		for await (const chunk of reader) {
			text += String(chunk);
			if (text.includes(": still here")) break;
		}
		expect(text.match(/^event: charts$/gm)).toHaveLength(2);
	});

	it("says now and then that it is still there", async () => {
		const { url } = await servedConsole({ times: { heartbeatMs: 5 } });
		const response = await opened(`${url}api/stream`);
		response.setEncoding("utf8");
		let text = "";
		for await (const chunk of response) {
			text += String(chunk);
			if (text.split("\n: still here\n").length > 3) break;
		}
		expect(text).toContain("\n\n: still here\n\n: still here\n\n");
	});

	it("has room for fifty readers", async () => {
		const { url } = await servedConsole();
		const readers = await Promise.all(
			Array.from({ length: 50 }, async () => opened(`${url}api/stream`)),
		);
		expect((await ask(`${url}api/stream`)).status).toBe(503);
		const [first] = readers;
		const closed = first && once(first, "close");
		first?.destroy();
		await closed;
		await expect.poll(async () => await status(`${url}api/stream`)).toBe(200);
		for (const reader of readers) reader.destroy();
	});
});

async function status(url: string): Promise<number> {
	const response = await opened(url);
	response.destroy();
	return response.statusCode ?? 0;
}

/** Changes of one pod, so large that no connection holds many of them. */
function* largeChanges(count: number) {
	const cell = failed(
		aLaunchingCell("large"),
		{ reason: "TooLarge", message: "x".repeat(100_000) },
		morning,
	);
	for (let version = 1; version <= count; version++) yield { ...cell, version };
}

async function* podVersions(response: IncomingMessage): AsyncGenerator<number, undefined> {
	for await (const { event, data } of eventsOf(response)) if (event === "pod") yield data.version;
}

/** What comes until this version does. @throws when the stream ends before. */
async function readTo(versions: AsyncGenerator<number>, last: number): Promise<readonly number[]> {
	const seen: number[] = [];
	while (seen.at(-1) !== last) {
		const { done, value } = await versions.next();
		if (done) throw new Error(`the stream ended behind version ${seen.at(-1)}`);
		seen.push(value);
	}
	return seen;
}

describe("a slow reader of the stream", () => {
	it("gets the latest of each pod once it reads again, and not what it missed", async () => {
		const { url, pods } = await servedConsole();
		const response = await opened(`${url}api/stream`);
		for (const cell of largeChanges(1_000)) pods.onCell(cell);
		const versions = await readTo(podVersions(response), 1_000);
		expect(versions.length).toBeLessThan(500);
		expect(versions).toEqual(versions.toSorted((a, b) => a - b));
	});

	it("isn't told first what there was when it came, and has changed since", async () => {
		const { url, pods } = await servedConsole();
		const last = aScheduledCell("last");
		for (const cell of largeChanges(300))
			pods.onCell({
				...cell,
				podUid: `${cell.version}`,
				pod: { ...cell.pod, uid: `${cell.version}` },
			});
		pods.onCell({ ...last, version: 1 });
		const response = await opened(`${url}api/stream`);
		pods.onCell({ ...last, version: 2 });
		for await (const { event, data } of eventsOf(response)) {
			if (event !== "pod" || data.uid !== "last") continue;
			expect(data.version).toBe(2);
			break;
		}
	});

	it("is cut off when it takes nothing for too long", async () => {
		// Patience ends here, and not while a busy machine lets a reader wait.
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		onTestFinished(() => void vi.useRealTimers());
		const { url, pods } = await servedConsole({ times: { patienceMs: 50 } });
		const slow = await opened(`${url}api/stream`);
		const cut = once(slow.socket, "close");
		slow.pause();
		const other = podVersions(await opened(`${url}api/stream`));
		const reading = readTo(other, 400);
		const [last, ...earlier] = [...largeChanges(401)].toReversed();
		for (const cell of earlier.toReversed()) {
			pods.onCell(cell);
			await new Promise((resolve) => setImmediate(resolve));
		}
		await reading;
		vi.advanceTimersByTime(50);
		// Whoever reads stays.
		if (last !== undefined) pods.onCell(last);
		await readTo(other, 401);
		await other.return(undefined);
		slow.resume();
		slow.once("error", () => undefined);
		await cut;
		expect(slow.complete).toBe(false);
	});
});
