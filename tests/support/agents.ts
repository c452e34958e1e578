import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import type { Credentials } from "../../shared/pki/model.ts";

/** A server on loopback that plays an agent, well or badly, until the test is over. */
export type PlayedAgent = Readonly<{
	/** `127.0.0.1:<port>`. */
	address: string;
	/** Requests that got through to HTTP. */
	requests: () => number;
	/** Resolves once no client is connected any more. */
	deserted: () => Promise<void>;
	/** Needed only by who wants it to end before the test does. */
	close: () => Promise<void>;
}>;

/** An agent as itzo is one: asks for a client certificate of its authority, and answers over HTTP. */
export async function anAgent(
	{ caPem, certificatePem, keyPem }: Credentials,
	answer: (request: IncomingMessage, response: ServerResponse) => void = pong,
	options: { maxVersion?: "TLSv1.2" } = {},
): Promise<PlayedAgent> {
	let requests = 0;
	const server = createServer(
		{ ...options, ca: caPem, cert: certificatePem, key: keyPem, requestCert: true },
		(request, response) => {
			requests++;
			answer(request, response);
		},
	);
	return listening(server, () => requests);
}

/** Mutual TLS as agreed, with the cell's own certificate; what is said inside is the caller's. */
export const aTlsServer = (
	{ caPem, certificatePem, keyPem }: Credentials,
	accept: (socket: TLSSocket) => void,
	options: TlsOptions = {},
): Promise<PlayedAgent> =>
	listening(
		createTlsServer(
			{ ca: caPem, cert: certificatePem, key: keyPem, requestCert: true, ...options },
			(socket) => {
				accept(socket);
				socket.on("error", () => {}).resume();
			},
		),
		() => 0,
	);

/** Something else on the agent's port. */
export const aTcpServer = (accept: (socket: Socket) => void): Promise<PlayedAgent> =>
	listening(
		createTcpServer((socket) => {
			accept(socket);
			// Nobody may read what the client says, but its end must be seen.
			socket.resume();
		}),
		() => 0,
	);

export const pong = (_request: IncomingMessage, response: ServerResponse): void => {
	response.end("pong");
};

async function listening(server: Server, requests: () => number): Promise<PlayedAgent> {
	const sockets = new Set<Socket>();
	server.on("tlsClientError", () => {});
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("not listening on a port");
	const close = async (): Promise<void> => {
		for (const socket of sockets) socket.destroy();
		if (!server.listening) return;
		const closed = once(server, "close");
		server.close();
		await closed;
	};
	onTestFinished(close);
	return {
		address: `127.0.0.1:${address.port}`,
		requests,
		async deserted() {
			// Not `once`: a client that has gone may be an error here.
			const gone = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));
			await Promise.all([...sockets].map(gone));
		},
		close,
	};
}
