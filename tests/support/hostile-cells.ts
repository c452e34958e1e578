import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Credentials } from "../../shared/pki/model.ts";
import { aTcpServer, aTlsServer, type PlayedAgent } from "./agents.ts";

/** What somebody may run on a machine that we pay for. */
export type HostileCell = Readonly<{
	what: string;
	/** Which limit it meets; absent: any of them. */
	says?: RegExp;
	/** Absent: `odd`. */
	answer?: "silent";
	/** Sends as much as anybody reads. */
	floods?: boolean;
	serve(cell: Credentials): Promise<PlayedAgent>;
}>;

/** Says one thing once it has been asked, and hangs up. */
const saying =
	(bytes: string | Buffer) =>
	(cell: Credentials): Promise<PlayedAgent> =>
		aTlsServer(cell, (socket) => socket.once("data", () => socket.end(bytes)));

/** Says one thing, and another for ever, as fast as anybody reads it. */
const flooding =
	(first: string, again: string) =>
	(cell: Credentials): Promise<PlayedAgent> =>
		aTlsServer(cell, (socket) => {
			socket.write(first);
			flood(socket, again);
		});

function flood(socket: Socket, again: string): void {
	const block = Buffer.from(again.repeat(Math.ceil(65_536 / again.length)));
	// One at a time: whoever reads as fast as this writes would keep it from ever doing anything else.
	const more = (): void => {
		if (!socket.destroyed) socket.write(block, () => setImmediate(more));
	};
	more();
}

/** A few bytes now and then; never an end. */
function trickle(socket: Socket, bytes: string): void {
	const timer = setInterval(() => socket.write(bytes), 100);
	socket.on("close", () => clearInterval(timer));
}

const trickling =
	(first: string, again: string) =>
	(cell: Credentials): Promise<PlayedAgent> =>
		aTlsServer(cell, (socket) => {
			socket.write(first);
			trickle(socket, again);
		});

/** A record of TLS that announces 16 KB. */
const announced = "\u0016\u0003\u0003\u0040\u0000";

/** They have the cell's own certificate and key: the pod on it may be anything. */
export const turncoats: readonly HostileCell[] = [
	{
		what: "endless headers",
		says: /HPE_HEADER_OVERFLOW/,
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\n", "a: b\r\n"),
	},
	{
		what: "one endless header",
		says: /HPE_HEADER_OVERFLOW/,
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\na: ", "b"),
	},
	{
		what: "an endless reason phrase",
		says: /HPE_HEADER_OVERFLOW/,
		floods: true,
		serve: flooding("HTTP/1.1 200 ", "OK "),
	},
	{
		what: "endless blank lines before the answer",
		says: /more than 65536 bytes/,
		floods: true,
		serve: flooding("", "\r\n"),
	},
	{
		what: "endless interim answers",
		says: /answered 102/,
		floods: true,
		serve: flooding("", "HTTP/1.1 102 Processing\r\n\r\n"),
	},
	{
		what: "a continuation, endlessly",
		says: /answered 100/,
		floods: true,
		serve: flooding("", "HTTP/1.1 100 Continue\r\n\r\n"),
	},
	{
		what: "100 MB",
		says: /more than 1024 bytes/,
		floods: true,
		serve: flooding(`HTTP/1.1 200 OK\r\ncontent-length: ${100 * 2 ** 20}\r\n\r\n`, "x"),
	},
	{
		what: "a body without an end",
		says: /more than 1024 bytes/,
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\n\r\n", "x"),
	},
	{
		what: "endless chunks",
		says: /more than 1024 bytes/,
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
	},
	{
		what: "an endless chunk extension",
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", "x"),
	},
	{
		what: "endless trailers",
		floods: true,
		serve: flooding("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", "a: b\r\n"),
	},
	{
		what: "chunks that are none",
		serve: saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\npong"),
	},
	{
		what: "a chunk that is too large for any number",
		serve: saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nx"),
	},
	{
		what: "two lengths that contradict each other",
		serve: saying(
			"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n4\r\npong\r\n0\r\n\r\n",
		),
	},
	{ what: "a negative length", serve: saying("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\npong") },
	{
		what: "headers that break off",
		answer: "silent",
		serve: saying("HTTP/1.1 200 OK\r\ncontent-le"),
	},
	{
		what: "a body that breaks off",
		serve: saying("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npo"),
	},
	{
		what: "a switch to another protocol",
		says: /answered 101/,
		serve: saying(
			"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\npong",
		),
	},
	{
		what: "a redirect",
		says: /answered 307 with 0 bytes/,
		serve: saying(
			"HTTP/1.1 307 Temporary Redirect\r\nlocation: /rest/v1/ping\r\ncontent-length: 0\r\n\r\n",
		),
	},
	{
		what: "a gzip bomb",
		says: /more than 1024 bytes/,
		serve: saying(
			Buffer.concat([
				Buffer.from("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"),
				gzipSync(Buffer.alloc(64 * 2 ** 20)),
			]),
		),
	},
	{
		what: "packed pong: nothing is unpacked",
		says: /24 bytes that aren't pong/,
		serve: saying(
			Buffer.concat([
				Buffer.from("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"),
				gzipSync("pong"),
			]),
		),
	},
	{
		what: "a page of HTML",
		serve: saying("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<h1>pong</h1>"),
	},
	{ what: "HTTP/0.9", serve: saying("pong") },
	{ what: "a status that is no number", serve: saying("HTTP/1.1 2xx OK\r\n\r\npong") },
	{ what: "HTTP/2", serve: saying("\0\0\u0012\u0004\0\0\0\0\0".repeat(4)) },
	{ what: "SSH within TLS", serve: saying("SSH-2.0-OpenSSH_9.6\r\n") },
	{
		what: "bytes of no protocol",
		floods: true,
		serve: flooding("", "\u0001\u0002 rubbish \u0000"),
	},
	{
		what: "a renegotiation as soon as it is asked",
		serve: (cell) =>
			aTlsServer(cell, (socket) => socket.once("data", () => socket.renegotiate({}, () => {})), {
				maxVersion: "TLSv1.2",
			}),
	},
	{ what: "nothing", answer: "silent", serve: (cell) => aTlsServer(cell, () => {}) },
	{
		what: "a byte of the body now and then",
		serve: trickling("HTTP/1.1 200 OK\r\n\r\n", "p"),
	},
	{
		what: "a byte of a header now and then",
		answer: "silent",
		serve: trickling("HTTP/1.1 200 OK\r\na: ", "b"),
	},
	{ what: "a blank line now and then", answer: "silent", serve: trickling("", "\r\n") },
];

/** They have no key that we know. */
export const strangers: readonly HostileCell[] = [
	{
		what: "SSH",
		says: /speak TLS/,
		serve: () => aTcpServer((socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n")),
	},
	{
		what: "plain HTTP",
		says: /speak TLS/,
		serve: () =>
			aTcpServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npong")),
	},
	{
		what: "plain HTTP, and 100 MB of it",
		floods: true,
		serve: () =>
			aTcpServer((socket) => {
				socket.write("HTTP/1.1 200 OK\r\n\r\n");
				flood(socket, "x");
			}),
	},
	{
		what: "a database's greeting",
		serve: () => aTcpServer((socket) => socket.write("J\0\0\0\n8.0.36\0")),
	},
	{
		what: "zeros without an end",
		floods: true,
		serve: () => aTcpServer((socket) => flood(socket, "\0")),
	},
	{
		what: "records of TLS without an end",
		floods: true,
		serve: () => aTcpServer((socket) => flood(socket, `${announced}${"x".repeat(16_384)}`)),
	},
	{
		// An empty HelloRequest, which a client skips while it shakes hands.
		what: "greetings of TLS 1.2 without an end",
		says: /more than 262144 bytes/,
		floods: true,
		serve: () =>
			aTcpServer((socket) =>
				flood(socket, "\u0016\u0003\u0003\u0000\u0004\u0000\u0000\u0000\u0000"),
			),
	},
	{
		what: "a refusal of TLS",
		serve: () => aTcpServer((socket) => socket.write("\u0015\u0003\u0001\u0000\u0002\u0002\u0028")),
	},
	{
		what: "no TLS but 1.0",
		says: /PROTOCOL_VERSION/,
		serve: (cell) =>
			aTlsServer(cell, () => {}, {
				minVersion: "TLSv1",
				maxVersion: "TLSv1",
				ciphers: "DEFAULT@SECLEVEL=0",
			}),
	},
	{
		what: "two thousand certificates",
		says: /EXCESSIVE_MESSAGE_SIZE/,
		serve: (cell) =>
			aTlsServer(cell, () => {}, { cert: cell.certificatePem + cell.caPem.repeat(2_000) }),
	},
	{
		what: "an end at once",
		answer: "silent",
		serve: () => aTcpServer((socket) => socket.destroy()),
	},
	{ what: "no word", answer: "silent", serve: () => aTcpServer(() => {}) },
	{
		what: "a byte of a handshake now and then",
		answer: "silent",
		serve: () =>
			aTcpServer((socket) => {
				socket.write(announced);
				trickle(socket, "x");
			}),
	},
];
