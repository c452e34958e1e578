import { describe, expect, it } from "vitest";
import { booting, ready } from "../../shared/cells/transitions.ts";
import { statusDetailType, statusOf } from "../../shared/status/model.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aScheduledCell,
	morning,
} from "../support/cells.ts";
import { ask, askJson } from "./reading.ts";
import { servedConsole } from "./served.ts";

const faultsOf = (text: string): readonly string[] =>
	JSON.parse(text).faults.map(({ path }: { path: string }) => path);

describe("the console's API", () => {
	it("tells a pod's whole story, and the newest of its events first", async () => {
		const { url, pods, clock } = await servedConsole();
		const cell = ready(aBootingCell("a/b c"), morning, morning);
		for (const each of [aScheduledCell("a/b c"), cell]) {
			pods.onCell(each);
			pods.onEvent({ source: "cellwright", detailType: statusDetailType, detail: statusOf(each) });
			clock.nowMs += 1_000;
		}
		const answer = await ask(`${url}api/pods/${encodeURIComponent("a/b c")}`);
		expect(answer.status).toBe(200);
		expect(JSON.parse(answer.text)).toMatchObject({
			row: { uid: "a/b c", phase: "Ready", instanceId: cell.instance.instanceId },
			story: { phase: "Ready", happenings: expect.any(Array) },
			explanation: { record: { phase: "Ready" }, decision: { summary: "the cheapest" } },
			events: [
				{ atMs: 1_001_000, phase: "Ready", text: "Ready, attempt 1" },
				{ atMs: 1_000_000, phase: "Scheduled", text: "Scheduled" },
			],
		});
	});

	it("launches pods, and only says what they would get when that is asked", async () => {
		const { url, sent } = await servedConsole();
		const checked = await askJson(`${url}api/pods`, "POST", { yaml: "kind: Pod", check: true });
		expect(JSON.parse(checked.text).pods[0].choice).toBe("the cheapest");
		expect(sent).toEqual([]);
		const launched = await askJson(`${url}api/pods`, "POST", { yaml: "kind: Pod" });
		expect(JSON.parse(launched.text)).toEqual({ pods: [{ namespace: "a", name: "b", uid: "c" }] });
		expect(sent).toEqual(["kind: Pod"]);
	});

	it("deletes a pod", async () => {
		const { url, pods, sent } = await servedConsole();
		pods.onCell(aScheduledCell("x"));
		expect((await ask(`${url}api/pods/x`, "DELETE")).status).toBe(204);
		expect(sent).toEqual(["remove x"]);
	});

	it("interrupts and ends a pod's machine", async () => {
		const { url, pods, done, switches } = await servedConsole();
		const cell = aBootingCell("x");
		pods.onCell(cell);
		const { instanceId } = cell.instance;
		const warned = await askJson(`${url}api/pods/x/interrupt`, "POST", { warningSeconds: 5 });
		const ended = await askJson(`${url}api/pods/x/end`, "POST");
		expect([warned.status, ended.status]).toEqual([204, 204]);
		expect(done).toEqual([`warn ${instanceId} 5000`, `end ${instanceId}`]);
		expect(switches.state().log.map(({ text }) => text)).toEqual([
			`shop/web-x: somebody has ended ${instanceId}`,
			`shop/web-x: ${instanceId} is interrupted in 5 s`,
		]);
	});

	it("moves the switches, takes capacity and gives it back", async () => {
		const { url, done, switches } = await servedConsole();
		const body = { throttling: false, bootSeconds: 20, neverBoots: true };
		expect((await askJson(`${url}api/switchboard`, "PATCH", body)).status).toBe(204);
		const pattern = { pattern: "c7*@us-east-1a/spot" };
		expect((await askJson(`${url}api/switchboard/capacity`, "POST", pattern)).status).toBe(204);
		expect(switches.state()).toMatchObject({ ...body, withoutCapacity: [pattern] });
		const [{ id = "" } = {}] = switches.state().withoutCapacity;
		expect((await ask(`${url}api/switchboard/capacity/${id}`, "DELETE")).status).toBe(204);
		expect(switches.state().withoutCapacity).toEqual([]);
		const loss = '{"instanceType":"c7*","zone":"us-east-1a","market":"spot"}';
		expect(done).toEqual([
			"throttle false",
			'boot {"medianMs":20000,"spread":0.2}',
			"faults",
			`take ${loss}`,
			`give ${loss}`,
		]);
	});
});

describe("a request that can't be done", () => {
	it.each([
		{ what: "another member", body: { yaml: "x", dry: true }, path: "body" },
		{ what: "a missing member", body: {}, path: "yaml" },
		{ what: "a list", body: [], path: "body" },
	])("is refused with its fault: $what", async ({ body, path }) => {
		const { url, sent } = await servedConsole();
		const answer = await askJson(`${url}api/pods`, "POST", body);
		expect([answer.status, faultsOf(answer.text)]).toEqual([422, [path]]);
		expect(sent).toEqual([]);
	});

	it("is refused with every fault, and nothing of it is done", async () => {
		const { url, done } = await servedConsole();
		const body = { throttling: 0, bootSeconds: "3", neverBoots: false };
		const answer = await askJson(`${url}api/switchboard`, "PATCH", body);
		expect([answer.status, JSON.parse(answer.text).faults]).toEqual([
			422,
			[
				{
					path: "throttling",
					problem: "must be a number from 0.01 to 1000, or false for no throttling",
				},
				{ path: "bootSeconds", problem: "must be seconds from 0.1 to 600" },
			],
		]);
		const pattern = await askJson(`${url}api/switchboard/capacity`, "POST", { pattern: "t3a@" });
		expect([pattern.status, faultsOf(pattern.text)]).toEqual([422, ["pattern"]]);
		expect(done).toEqual([]);
	});

	it("doesn't quote a body that isn't JSON", async () => {
		const { url } = await servedConsole();
		const headers = { "content-type": "application/json" };
		const answer = await ask(`${url}api/pods`, "POST", headers, '{"yaml": s3cr3t');
		expect(answer.status).toBe(400);
		expect(answer.text).not.toContain("s3cr3t");
	});

	it("may not be larger than a mebibyte", async () => {
		const { url, sent } = await servedConsole();
		const fits = { yaml: "x".repeat(2 ** 20 - 20) };
		expect((await askJson(`${url}api/pods`, "POST", fits)).status).toBe(200);
		for (const size of [2 ** 20, 20 * 2 ** 20]) {
			const large = { yaml: "x".repeat(size) };
			expect((await askJson(`${url}api/pods`, "POST", large)).status).toBe(413);
		}
		expect(sent).toHaveLength(1);
	});

	it.each([
		{ path: "api/nothing", method: "GET", status: 404, allow: undefined },
		{ path: "api/pods/nobody", method: "GET", status: 404, allow: undefined },
		{ path: "api/pods/%E0%A4%A", method: "GET", status: 400, allow: undefined },
		{ path: "api/pods/nobody", method: "DELETE", status: 404, allow: undefined },
		{ path: "api/switchboard/capacity/nothing", method: "DELETE", status: 404, allow: undefined },
		{ path: "api/pods", method: "GET", status: 405, allow: "POST" },
		{ path: "api/pods/x", method: "POST", status: 405, allow: "GET, DELETE" },
		{ path: "api/stream", method: "POST", status: 405, allow: "GET" },
		{ path: "", method: "POST", status: 405, allow: "GET" },
		{ path: "nothing.js", method: "GET", status: 404, allow: undefined },
		{ path: "../api.ts", method: "GET", status: 404, allow: undefined },
		{ path: "%2e%2e/api.ts", method: "GET", status: 404, allow: undefined },
	])("$method /$path: $status", async ({ path, method, status, allow }) => {
		const { url } = await servedConsole();
		const headers = method === "POST" ? { "content-type": "application/json" } : {};
		const answer = await ask(`${url}${path}`, method, headers, method === "POST" ? "{}" : "");
		expect([answer.status, answer.headers.allow]).toEqual([status, allow]);
		expect(faultsOf(answer.text)).toHaveLength(1);
	});

	it("says so when there is no machine, or EC2 wouldn't do it", async () => {
		const { url, pods } = await servedConsole();
		pods.onCell(aScheduledCell("waits"));
		const instance = anInstance({ instanceId: "i-on-demand" });
		pods.onCell(booting(aLaunchingCell("runs"), instance, morning));
		for (const uid of ["waits", "runs"]) {
			const body = { warningSeconds: 1 };
			const answer = await askJson(`${url}api/pods/${uid}/interrupt`, "POST", body);
			expect([uid, answer.status]).toEqual([uid, 409]);
		}
	});

	it("tells a failure of the console by its kind alone", async () => {
		const failing = async () => {
			throw new TypeError("s3cr3t of a pod");
		};
		const { url } = await servedConsole({
			launcher: { check: failing, launch: failing, remove: failing },
		});
		const answer = await askJson(`${url}api/pods`, "POST", { yaml: "x" });
		expect([answer.status, JSON.parse(answer.text)]).toEqual([
			500,
			{ faults: [{ path: "", problem: "the console failed: TypeError" }] },
		]);
	});
});
