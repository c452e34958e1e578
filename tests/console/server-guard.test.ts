import { describe, expect, it } from "vitest";
import { ask, askPath } from "./reading.ts";
import { servedConsole } from "./served.ts";

const json = { "content-type": "application/json" };
const empty = "{}";

describe("the console lets in", () => {
	it.each([
		{ who: "a browser's address line", headers: { "sec-fetch-site": "none" } },
		{ who: "a program that says nothing of itself", headers: {} },
		{ who: "a link on somebody's page, to the page", headers: { "sec-fetch-site": "cross-site" } },
	])("$who", async ({ headers }) => {
		const { url } = await servedConsole();
		expect((await ask(url, "GET", headers)).status).toBe(200);
	});

	it("whoever calls it localhost", async () => {
		const { url } = await servedConsole();
		const { port, host } = new URL(url);
		expect((await ask(url, "GET", { host: `localhost:${port}` })).status).toBe(200);
		const origin = `http://localhost:${port}`;
		const own = { ...json, host: `localhost:${port}`, origin };
		expect((await ask(`${url}api/switchboard`, "PATCH", own, empty)).status).toBe(204);
		// Another name for the same server is another origin.
		expect((await ask(`${url}api/switchboard`, "PATCH", { ...own, host }, empty)).status).toBe(403);
	});

	it.each([
		{ who: "its own page", headers: { "sec-fetch-site": "same-origin" }, isOwn: true },
		{ who: "a browser that says no more than its origin", headers: {}, isOwn: true },
		{ who: "curl, which sends no origin", headers: {}, isOwn: false },
	])("changes by $who", async ({ headers, isOwn }) => {
		const { url, done } = await servedConsole();
		const origin = isOwn ? { origin: url.replace(/\/$/, "") } : {};
		const body = JSON.stringify({ throttling: 2 });
		const sent = { ...json, ...headers, ...origin };
		expect((await ask(`${url}api/switchboard`, "PATCH", sent, body)).status).toBe(204);
		expect(done).toEqual(["throttle 2"]);
	});
});

describe("the console refuses", () => {
	it.each([
		{ what: "a name that somebody made resolve to 127.0.0.1", host: "evil.example" },
		{ what: "such a name with the right port", host: "evil.example:PORT" },
		{ what: "its own address without the port", host: "127.0.0.1" },
		{ what: "its own address and something else", host: "127.0.0.1:PORT.evil.example" },
		{ what: "another loopback address", host: "127.0.0.2:PORT" },
	])("$what as Host, for every path", async ({ host }) => {
		const { url } = await servedConsole();
		const own = host.replace("PORT", new URL(url).port);
		for (const path of ["", "api/stream", "api/pods/x", "main.js"]) {
			const answer = await ask(`${url}${path}`, "GET", { host: own });
			expect(answer.status).toBe(421);
			expect(JSON.parse(answer.text).faults[0].path).toBe("Host");
		}
	});

	it.each([
		{ what: "another site", headers: { ...json, origin: "https://evil.example" } },
		{ what: "a sandboxed frame", headers: { ...json, origin: "null" } },
		{ what: "another server on this machine", headers: { ...json, origin: "http://127.0.0.1:1" } },
		{
			what: "another site, by a browser without Origin",
			headers: { ...json, "sec-fetch-site": "cross-site" },
		},
		{
			what: "another port of this machine, by a browser without Origin",
			headers: { ...json, "sec-fetch-site": "same-site" },
		},
	])("changes by $what", async ({ headers }) => {
		const { url, done, sent } = await servedConsole();
		const asked = [
			await ask(`${url}api/switchboard`, "PATCH", headers, '{"throttling":2}'),
			await ask(`${url}api/pods`, "POST", headers, '{"yaml":"kind: Pod"}'),
			await ask(`${url}api/pods/x`, "DELETE", headers),
		];
		expect(asked.map(({ status }) => status)).toEqual([403, 403, 403]);
		expect([...done, ...sent]).toEqual([]);
	});

	it.each([
		"text/plain",
		"application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x",
		"text/plain; application/json",
		undefined,
	])("what a form can send: %s", async (contentType) => {
		const { url, sent } = await servedConsole();
		const headers = contentType === undefined ? {} : { "content-type": contentType };
		const answer = await ask(`${url}api/pods`, "POST", headers, '{"yaml":"kind: Pod"}');
		expect(answer.status).toBe(415);
		expect(sent).toEqual([]);
	});

	it("to be asked for leave, and lets nobody else read", async () => {
		const { url } = await servedConsole();
		const headers = { origin: "https://evil.example", "access-control-request-method": "PATCH" };
		const preflight = await ask(`${url}api/switchboard`, "OPTIONS", headers);
		expect(preflight.status).toBe(403);
		const read = await ask(`${url}api/pods/x`, "GET", { "sec-fetch-site": "cross-site" });
		expect(read.status).toBe(403);
		for (const answer of [preflight, read])
			expect(Object.keys(answer.headers).join()).not.toContain("access-control");
	});

	it.each(["/api/pods/x", "/./api/pods/x", "//host/api/pods/x", "http://host/api/pods/x"])(
		"another site, however it writes the path: %s",
		async (path) => {
			const { url } = await servedConsole();
			const answer = await askPath(url, path, { "sec-fetch-site": "cross-site" });
			expect(answer.status).toBe(403);
		},
	);

	it("a path that is none", async () => {
		const { url } = await servedConsole();
		expect((await askPath(url, "http://[", {})).status).toBe(400);
	});

	it("to listen elsewhere than on the loopback interface", async () => {
		const { url } = await servedConsole();
		expect(new URL(url).hostname).toBe("127.0.0.1");
		const elsewhere = url.replace("127.0.0.1", "127.0.0.2");
		await expect(ask(elsewhere)).rejects.toThrow("ECONNREFUSED");
	});
});

describe("every answer", () => {
	it.each([
		{ what: "the page", path: "" },
		{ what: "a refusal", path: "api/nothing" },
		{ what: "a file that isn't there", path: "nothing.js" },
	])("runs nobody else's code: $what", async ({ path }) => {
		const { url } = await servedConsole();
		const { headers } = await ask(`${url}${path}`);
		expect(headers["content-security-policy"]).toMatch(
			/^default-src 'self';.*frame-ancestors 'none'/,
		);
		expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*/);
		expect(headers).toMatchObject({
			"x-content-type-options": "nosniff",
			"referrer-policy": "no-referrer",
			"cross-origin-resource-policy": "same-origin",
			"cache-control": "no-store",
		});
	});
});
