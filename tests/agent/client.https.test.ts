import { createECDH, sign, X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { agentPort } from "../../shared/agent/model.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { issuerNameOf, pem, sec1, signed, toBeSigned } from "../../shared/pki/certificate.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import { anAgent, aTcpServer, type PlayedAgent, pong } from "../support/agents.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";

const agent = httpsAgent();
const { authority, issuer } = anAuthority();
const client = issuer.client(new Date(), 3_600);
const cell = issuer.cell(anIdentityPlan());
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const ping = (
	{ address }: { address: string },
	fingerprint = cell.fingerprint,
	signal = soon(),
	credentials = client,
) => agent.ping(address, fingerprint, credentials, signal);

describe("a ping of the cell that was made", () => {
	it("is answered with pong", async () => {
		const server = await anAgent(cell.credentials);
		expect(await ping(server)).toEqual({ answer: "pong" });
	});

	it("asks for itzo's path, once, and shows a client certificate", async () => {
		const seen: (string | undefined)[] = [];
		const server = await anAgent(cell.credentials, (request, response) => {
			const shown = "authorized" in request.socket && request.socket.authorized;
			seen.push(request.method, request.url, String(shown));
			pong(request, response);
		});
		await ping(server);
		expect(seen).toEqual(["GET", "/rest/v1/ping", "true"]);
	});

	it("works over TLS 1.2, which older agents speak", async () => {
		const server = await anAgent(cell.credentials, pong, { maxVersion: "TLSv1.2" });
		expect(await ping(server)).toEqual({ answer: "pong" });
	});

	it.each(["PONG", "pong\n"])("takes %j for pong, as Kip does", async (body) => {
		const server = await anAgent(cell.credentials, (_, response) => response.end(body));
		expect(await ping(server)).toEqual({ answer: "pong" });
	});

	it("works while one authority replaces another of the same name", async () => {
		const next = newAuthority(new Date());
		const former = forgeIssuer(authority, [next.certificatePem]);
		const latter = forgeIssuer(next, [authority.certificatePem]);
		const old = former.cell(anIdentityPlan());
		const server = await anAgent(old.credentials);
		const credentials = latter.client(new Date(), 3_600);
		expect(await ping(server, old.fingerprint, soon(), credentials)).toEqual({ answer: "pong" });
	});

	it("leaves no connection behind", async () => {
		const server = await anAgent(cell.credentials);
		await Promise.all(Array.from({ length: 20 }, () => ping(server)));
		await server.deserted();
	});
});

describe("an impostor is refused, and never asked:", () => {
	const other = anAuthority();
	const longAgo = new Date(Date.now() - 40 * 24 * 3_600_000);
	const expired = issuer.cell(anIdentityPlan({ issuedAt: longAgo }));
	const future = issuer.cell(anIdentityPlan({ issuedAt: new Date(Date.now() + 3_600_000) }));

	it.each([
		{
			who: "another cell with its own valid certificate",
			shows: issuer.cell(anIdentityPlan({ cellName: "another" })).credentials,
			reason: "CertificateNotPinned",
		},
		{
			who: "the right name with another key, of an earlier attempt",
			shows: issuer.cell(anIdentityPlan({ attempt: 0 })).credentials,
			reason: "CertificateNotPinned",
		},
		{
			who: "an expired certificate, though it is pinned",
			shows: expired.credentials,
			pin: expired.fingerprint,
			reason: "CertificateExpired",
		},
		{
			who: "a pinned certificate before its time",
			shows: future.credentials,
			pin: future.fingerprint,
			reason: "CertificateExpired",
		},
		{
			who: "the right name under another authority of the same name",
			shows: other.issuer.cell(anIdentityPlan()).credentials,
			reason: "CertificateUntrusted",
		},
		{
			who: "the controller's own client certificate",
			shows: client,
			pin: new X509Certificate(client.certificatePem).fingerprint256,
			reason: "CertificateUntrusted",
		},
	])("$who", async ({ shows, pin, reason }) => {
		const server = await anAgent(shows);
		expect(await ping(server, pin)).toMatchObject({ answer: "impostor", reason });
		expect(server.requests()).toBe(0);
		await server.deserted();
	});

	it("a certificate of ours that isn't an agent's", async () => {
		const named = withoutAgentName();
		const server = await anAgent(named.credentials);
		expect(await ping(server, named.fingerprint)).toMatchObject({
			answer: "impostor",
			reason: "CertificateNameMismatch",
		});
		expect(server.requests()).toBe(0);
	});

	it("a copy of the cell's certificate without its key", async () => {
		const impostor = issuer.cell(anIdentityPlan({ attempt: 0 })).credentials;
		const server = await anAgent(impostor, pong, { maxVersion: "TLSv1.2" });
		const forger = await forging(server, impostor.certificatePem);
		expect(await ping(forger)).toMatchObject({
			answer: "impostor",
			reason: "CertificateNotPinned",
			detail: expect.stringContaining("_SIGNATURE"),
		});
		expect(server.requests()).toBe(0);
	});

	it("also after the same server was accepted: no session skips the pin", async () => {
		const server = await anAgent(cell.credentials);
		expect(await ping(server)).toEqual({ answer: "pong" });
		const wrong = "0".repeat(64);
		expect(await ping(server, wrong)).toEqual({
			answer: "impostor",
			reason: "CertificateNotPinned",
			detail: `the certificate's SHA-256 is ${cell.fingerprint}, not ${wrong}`,
		});
	});
});

describe("an odd answer", () => {
	/** A byte now and then, until nobody listens; stops waiting itself when it has seen enough. */
	const trickle = (response: ServerResponse, stop: () => void): void => {
		let bytes = 0;
		const timer = setInterval(() => {
			response.write("p");
			if (++bytes === 10) stop();
		}, 20);
		response.on("close", () => clearInterval(timer));
	};

	it.each([
		{
			when: "another status comes with pong",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(500).end("pong");
			},
			detail: "answered 500 with pong",
		},
		{
			when: "it is another word",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.end("ping");
			},
			detail: "answered 200 with 4 bytes that aren't pong",
		},
		{
			when: "it is a redirect, which isn't followed",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(302, { location: "/rest/v1/ping" }).end();
			},
			detail: "answered 302 with 0 bytes that aren't pong",
		},
		{
			when: "the body is 100 MB",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(200, { "content-length": 100 * 2 ** 20 });
				Readable.from(Array(100).fill(Buffer.alloc(2 ** 20))).pipe(response);
			},
			detail: "answered 200 with more than 1024 bytes",
		},
		{
			when: "the body trickles on",
			answer: (_: IncomingMessage, response: ServerResponse, stop: () => void) => {
				trickle(response, stop);
			},
			detail: "the answer broke off (timed out)",
		},
		{
			when: "the headers are large",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(200, { large: "x".repeat(8_000) }).end("pong");
			},
			detail: "the answer isn't HTTP (HPE_HEADER_OVERFLOW)",
		},
		{
			when: "the connection breaks within the body",
			answer: (_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(200, { "content-length": 4 });
				response.write("po", () => response.destroy());
			},
			detail: "the answer broke off (ECONNRESET)",
		},
	])("is told apart when $when", async ({ answer, detail }) => {
		const patience = new AbortController();
		const server = await anAgent(cell.credentials, (request, response) =>
			answer(request, response, () => patience.abort()),
		);
		expect(await ping(server, cell.fingerprint, patience.signal)).toEqual({
			answer: "odd",
			detail,
		});
		expect(server.requests()).toBe(1);
		await server.deserted();
	});

	it("is what plain HTTP on the port is", async () => {
		const server = await aTcpServer((socket) => socket.end("HTTP/1.1 400 Bad\r\n\r\n"));
		expect(await ping(server)).toMatchObject({
			answer: "odd",
			detail: expect.stringContaining("doesn't speak TLS"),
		});
		await server.deserted();
	});

	it("is never pong from an agent that doesn't know our authority", async () => {
		const { issuer: stranger } = anAuthority();
		const { caPem } = stranger.cell(anIdentityPlan()).credentials;
		const server = await anAgent({ ...cell.credentials, caPem });
		// Go's TLS says why (see ping-failure); Node's only hangs up.
		expect(await ping(server)).toMatchObject({ answer: "silent" });
		expect(server.requests()).toBe(0);
	});
});

describe("silence", () => {
	it.each([
		{ when: "the connection is reset", accept: (socket: Socket) => socket.resetAndDestroy() },
		{ when: "it ends at once", accept: (socket: Socket) => socket.end() },
		{
			when: "the handshake hangs",
			accept: (socket: Socket, stop: () => void) => socket.once("data", stop),
		},
	])("is reported when $when", async ({ accept }) => {
		const patience = new AbortController();
		const server = await aTcpServer((socket) => {
			accept(socket, () => patience.abort());
		});
		expect(await ping(server, undefined, patience.signal)).toMatchObject({
			answer: "silent",
			detail: expect.stringMatching(/^no TLS connection/),
		});
		await server.deserted();
	});

	it("is reported when nobody listens", async () => {
		// Nobody has this port, and no system hands it out; one that was just closed may be somebody's again.
		expect(await ping({ address: "127.0.0.1:1" })).toEqual({
			answer: "silent",
			detail: "no TLS connection (ECONNREFUSED)",
		});
	});

	it("is reported when the request gets no response", async () => {
		const patience = new AbortController();
		const server = await anAgent(cell.credentials, () => patience.abort());
		expect(await ping(server, undefined, patience.signal)).toEqual({
			answer: "silent",
			detail: "connected, but got no answer (timed out)",
		});
		await server.deserted();
	});

	it("lasts three seconds at most, however patient the caller is", async () => {
		const server = await aTcpServer(() => {});
		const start = performance.now();
		const { signal } = new AbortController();
		expect(await ping(server, undefined, signal)).toMatchObject({ answer: "silent" });
		// The rest is for a machine that is busy.
		expect(performance.now() - start).toBeLessThan(20_000);
	});

	it("is all that a caller gets who has stopped waiting", async () => {
		const server = await anAgent(cell.credentials);
		expect(await ping(server, undefined, AbortSignal.abort())).toMatchObject({ answer: "silent" });
		expect(server.requests()).toBe(0);
	});

	it.each(["", "a b", "127.0.0.1:", "127.0.0.1:99999", "http://127.0.0.1"])(
		"is reported of %j, which is no address",
		async (address) => {
			expect(await ping({ address })).toMatchObject({ answer: "silent" });
		},
	);
});

describe("an address without a port", () => {
	it("means the agent's own", async () => {
		// Nothing listens on the agent's port of this loopback address.
		const { answer } = await ping({ address: "127.84.21.6" });
		expect([agentPort, answer]).toEqual([6421, "silent"]);
	});
});

describe("client credentials that can't be used", () => {
	it("are the operator's business, and aren't shown", async () => {
		const keyPem = client.keyPem.replace(/[A-Z]{4}/, "****");
		const pinging = ping({ address: "127.0.0.1:1" }, undefined, soon(), { ...client, keyPem });
		await expect(pinging).rejects.toMatchObject({
			kind: "operator",
			reason: "ClientCredentialsUnusable",
		});
		await expect(pinging).rejects.not.toThrow(/PRIVATE KEY/);
	});
});

/** A man in the middle who shows the pinned certificate instead of the server's; TLS 1.2 sends it in clear. */
function forging(server: PlayedAgent, shown: string): Promise<PlayedAgent> {
	const from = new X509Certificate(shown).raw;
	const to = new X509Certificate(cell.credentials.certificatePem).raw;
	expect(from).toHaveLength(to.length);
	return aTcpServer((socket) => {
		const [host, port] = server.address.split(":");
		const upstream = connect(Number(port), host);
		upstream.on("error", () => socket.destroy());
		socket.on("close", () => upstream.destroy());
		socket.pipe(upstream);
		upstream.on("data", (bytes: Buffer) => {
			const at = bytes.indexOf(from);
			if (at >= 0) to.copy(bytes, at);
			socket.write(bytes);
		});
	});
}

/** What our issuer never makes: a server's certificate under our authority without the agent's name. */
function withoutAgentName() {
	const curve = createECDH("prime256v1");
	const publicKey = curve.generateKeys();
	const tbs = toBeSigned({
		serial: Buffer.of(0x55),
		issuer: issuerNameOf(new X509Certificate(authority.certificatePem).raw),
		notBefore: new Date(Date.now() - 60_000),
		notAfter: new Date(Date.now() + 60_000),
		commonName: "MilpaNode",
		publicKey,
		usage: "serverAuth",
		dnsNames: ["elsewhere"],
	});
	const der = signed(tbs, sign("sha256", tbs, authority.privateKeyPem));
	const privateKey = Buffer.from(curve.getPrivateKey("hex").padStart(64, "0"), "hex");
	return {
		credentials: {
			caPem: authority.certificatePem,
			certificatePem: pem("CERTIFICATE", der),
			keyPem: pem("EC PRIVATE KEY", sec1(privateKey, publicKey)),
		},
		fingerprint: new X509Certificate(der).fingerprint256.replaceAll(":", "").toLowerCase(),
	};
}
