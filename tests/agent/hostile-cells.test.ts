import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { anAgent, aTlsServer, type PlayedAgent } from "../support/agents.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";
import { strangers, turncoats } from "../support/hostile-cells.ts";
import { pinging } from "../support/pinging.ts";

const agent = httpsAgent();
const { issuer } = anAuthority();
const client = issuer.client(new Date(), 3_600);
const cell = issuer.cell(anIdentityPlan());
const ping = ({ address }: Pick<PlayedAgent, "address">) =>
	agent.ping(address, cell.fingerprint, client, AbortSignal.timeout(30_000));

/** Short enough for a record and a terminal, and nothing of what the cell has sent. */
const printable = expect.stringMatching(/^[ -~]{5,160}$/);

describe("a hostile cell", () => {
	it("is told apart within seconds, of whatever kind it is, and while there are others", async () => {
		const kinds = [...turncoats, ...strangers];
		const servers = await Promise.all(kinds.map(({ serve }) => serve(cell.credentials)));
		const started = performance.now();
		const found = await Promise.all(servers.map(ping));
		// Three seconds are the client's own limit; the rest is for a machine that is busy. One after the other, the silent
		// ones alone would take longer.
		expect(performance.now() - started).toBeLessThan(20_000);
		const named = kinds.map(({ what }, index) => [what, found[index]]);
		const wanted = kinds.map(({ what, answer = "odd", says = /./ }) => [
			what,
			{ answer, detail: expect.stringMatching(says) },
		]);
		expect(Object.fromEntries(named)).toEqual(Object.fromEntries(wanted));
		for (const each of found) expect(each).toMatchObject({ detail: printable });
		await Promise.all(servers.map((server) => server.deserted()));
	});

	it("costs no memory, however much it sends", async () => {
		const floods = [...turncoats, ...strangers].filter(({ floods = false }) => floods);
		expect(floods.length).toBeGreaterThan(10);
		const servers = await Promise.all(floods.map(({ serve }) => serve(cell.credentials)));
		const { address: warmUp } = await anAgent(cell.credentials);
		const addresses = servers.map(({ address }) => address);
		const { fingerprint } = cell;
		const { answers, grownMib } = await pinging({
			warmUp,
			addresses,
			rounds: 5,
			fingerprint,
			credentials: client,
		});
		expect(answers.filter((answer) => answer === "pong")).toHaveLength(5 * floods.length);
		expect(answers.filter((answer) => answer === "odd")).toHaveLength(5 * floods.length);
		// All of them at once; each has sent what its network and its buffers took.
		expect(grownMib).toBeLessThan(64);
	});

	it("is never more than a short sentence, whatever bytes it answers", async () => {
		let bytes: Uint8Array = Buffer.alloc(0);
		const server = await aTlsServer(cell.credentials, (socket) =>
			socket.once("data", () => socket.end(bytes)),
		);
		const line = fc.oneof(
			fc.constantFrom(
				"HTTP/1.1 200 OK\r\n",
				"HTTP/1.1 500 x\r\n",
				"HTTP/1.0 200\n",
				"HTTP/2 200\r\n",
			),
			fc.constantFrom("content-length: 4\r\n", "transfer-encoding: chunked\r\n", "\r\n", "4\r\n"),
			fc.constantFrom("pong", "PONG\r\n", "0\r\n\r\n"),
			fc.string({ unit: "binary", maxLength: 40 }),
		);
		const said = fc.oneof(
			fc.array(line, { maxLength: 8 }).map((lines) => Buffer.from(lines.join(""))),
			fc.uint8Array({ maxLength: 200 }),
		);
		await fc.assert(
			fc.asyncProperty(said, async (what) => {
				bytes = what;
				const found = await ping(server);
				// Only who says so in HTTP has said pong.
				if (found.answer === "pong") expect(String(Buffer.from(what))).toMatch(/^HTTP.*pong/is);
				else
					expect(found).toEqual({
						answer: expect.stringMatching(/^(odd|silent)$/),
						detail: printable,
					});
			}),
			{ numRuns: 150 },
		);
	});

	it("may say of which type its pong is: whoever has the cell's key may say pong", async () => {
		const server = await anAgent(cell.credentials, (_, response) =>
			response.writeHead(200, { "content-type": "application/json" }).end("pong"),
		);
		expect(await ping(server)).toEqual({ answer: "pong" });
	});

	it("has no name that a sentence can't bear", async () => {
		const found = await ping({ address: `\u001b[31mä${"x".repeat(500)}\n` });
		expect(found).toEqual({ answer: "silent", detail: printable });
	});
});
