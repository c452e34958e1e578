import { constants } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import {
	checkServerIdentity,
	connect as connectTls,
	createSecureContext,
	type SecureContext,
	type TLSSocket,
} from "node:tls";
import { ProvisionerError } from "../errors.ts";
import type { Credentials } from "../pki/model.ts";
import { type Agent, agentPort, agentServerName, type PingAnswer } from "./model.ts";
import { OddAnswer, type PingStage, pingFailure, WrongCertificate } from "./ping-failure.ts";

/** Kip's own limit for a ping (cell-contract.md, 2.5): an agent that works answers in milliseconds. */
const deadlineMs = 3_000;

/** The answer is four bytes; whoever sends more isn't the agent. */
const bodyBytes = 1_024;
const headerBytes = 4_096;

/** Of all that HTTP sees, also where it is neither header nor body: blank lines before an answer, say. */
const answerBytes = 65_536;

/**
 * Of all that TLS sees, handshake included; OpenSSL itself takes no more than 100 KB of certificates. Nobody
 * tells of what TLS swallows, so it is looked at now and then.
 */
const wireBytes = 262_144;
const lookEveryMs = 100;

/**
 * The agent over HTTPS, one connection for each ping.
 *
 * Connections and TLS sessions aren't kept: a resumed session shows no certificate, and there would be
 * nothing to compare with the pin. The pin is compared before a request is even made.
 */
export function httpsAgent(): Agent {
	// Reading PEM costs more than the ping itself; a batch polls many cells with the same credentials.
	const contexts = new WeakMap<Credentials, SecureContext>();
	const contextOf = (credentials: Credentials): SecureContext => {
		const context = contexts.get(credentials) ?? secureContext(credentials);
		contexts.set(credentials, context);
		return context;
	};

	return {
		async ping(address, fingerprint, credentials, signal) {
			const context = contextOf(credentials);
			const endpoint = parseAddress(address);
			if (endpoint === undefined) {
				return { answer: "silent", detail: `${shortened(address)} is no host and no host:port` };
			}
			const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
			return await ask(endpoint, fingerprint, context, deadline);
		},
	};
}

/** One connection, whatever becomes of it; it is gone when the answer is there. */
async function ask(
	endpoint: { host: string; port: number },
	fingerprint: string,
	secureContext: SecureContext,
	deadline: AbortSignal,
): Promise<PingAnswer> {
	const excess = new AbortController();
	const signal = AbortSignal.any([deadline, excess.signal]);
	let stage: PingStage = "connecting";
	const wire = connect(endpoint);
	// Errors that come after the answer have nobody left to tell.
	wire.on("error", () => {});
	const watch = setInterval(() => {
		if (wire.bytesRead > wireBytes) excess.abort(sentMoreThan(wireBytes));
	}, lookEveryMs);
	try {
		await once(wire, "connect", { signal });
		const socket = shakingHands(wire, fingerprint, secureContext);
		await once(socket, "secureConnect", { signal });
		stage = "asked";
		const response = await responseOver(socket, excess, signal);
		stage = "answering";
		return await read(response);
	} catch (error) {
		// However it shows itself, the reason is that time was over, or that there was too much.
		return pingFailure(signal.aborted ? signal.reason : error, stage);
	} finally {
		clearInterval(watch);
		wire.destroy();
	}
}

/** TLS on a connection that stands; the certificate must be the cell's own. */
function shakingHands(wire: Socket, fingerprint: string, secureContext: SecureContext): TLSSocket {
	const socket = connectTls({
		socket: wire,
		servername: agentServerName,
		secureContext,
		rejectUnauthorized: true,
		checkServerIdentity: (name, certificate) =>
			checkServerIdentity(name, certificate) ?? pinned(certificate, fingerprint),
		// An agent would speak HTTP/2 as well, if it were offered.
		ALPNProtocols: ["http/1.1"],
	});
	socket.on("error", () => {});
	return socket;
}

const sentMoreThan = (bytes: number) => new OddAnswer(`sent more than ${bytes} bytes`);

/** Sends the request on a connection whose other end is known to be the cell. */
async function responseOver(
	socket: TLSSocket,
	excess: AbortController,
	signal: AbortSignal,
): Promise<IncomingMessage> {
	const asking = request({
		path: "/rest/v1/ping",
		createConnection: () => socket,
		maxHeaderSize: headerBytes,
		signal,
	});
	asking.on("error", () => {});
	// Neither is an answer to what was asked; of the first kind, any number could follow each other.
	asking.on("information", ({ statusCode }) => {
		excess.abort(new OddAnswer(`answered ${statusCode}, which nobody asked for`));
	});
	asking.on("upgrade", ({ statusCode }) => {
		excess.abort(new OddAnswer(`answered ${statusCode}, which nobody asked for`));
	});
	let bytes = 0;
	socket.on("data", ({ length }: Buffer) => {
		bytes += length;
		if (bytes > answerBytes) excess.abort(sentMoreThan(answerBytes));
	});
	const answered = once(asking, "response", { signal });
	asking.end();
	const [response]: IncomingMessage[] = await answered;
	if (response === undefined) throw new TypeError("an event without its argument");
	return response;
}

/** @returns an error unless the certificate is the very one that was issued for this cell. */
function pinned(certificate: { fingerprint256?: string }, fingerprint: string): Error | undefined {
	const found = certificate.fingerprint256?.replaceAll(":", "").toLowerCase();
	return found === fingerprint ? undefined : new WrongCertificate(found ?? "unknown", fingerprint);
}

async function read(response: IncomingMessage): Promise<PingAnswer> {
	const { statusCode } = response;
	let body = Buffer.alloc(0);
	for await (const chunk of response) {
		body = Buffer.concat([body, chunk]);
		if (body.length > bodyBytes) {
			return { answer: "odd", detail: `answered ${statusCode} with more than ${bodyBytes} bytes` };
		}
	}
	const isPong = body.toString("utf8").trim().toLowerCase() === "pong";
	if (statusCode === 200 && isPong) return { answer: "pong" };
	// What an answer says isn't repeated: it may be anything.
	const content = isPong ? "pong" : `${body.length} bytes that aren't pong`;
	return { answer: "odd", detail: `answered ${statusCode} with ${content}` };
}

/** As much of it as a sentence can bear, of what can be printed. */
const shortened = (address: string): string =>
	JSON.stringify(address.slice(0, 80)).replaceAll(/[^ -~]/g, "?");

/** `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address. */
function parseAddress(address: string): { host: string; port: number } | undefined {
	const [, v6, name, digits] =
		/^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+))(?::(\d{1,5}))?$/i.exec(address) ?? [];
	const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address) ? address : undefined;
	const host = v6 ?? name ?? bare;
	const port = digits === undefined ? agentPort : Number(digits);
	return host === undefined || port > 65_535 ? undefined : { host, port };
}

function secureContext({ caPem, certificatePem, keyPem }: Credentials): SecureContext {
	try {
		return createSecureContext({
			ca: caPem,
			cert: certificatePem,
			key: keyPem,
			// An agent never does it; whoever does could do it for ever.
			secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
		});
	} catch {
		// OpenSSL's own words aren't passed on: they are about secrets.
		throw new ProvisionerError(
			"operator",
			"ClientCredentialsUnusable",
			"The controller's client certificate can't be used: run the function `renewal` to issue another.",
		);
	}
}
