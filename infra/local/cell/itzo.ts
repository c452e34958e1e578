import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import type { WrittenFile } from "./cloud-init.ts";
import { TellableError } from "./console.ts";
import { itzoAnswer, type PodState } from "./itzo-routes.ts";
import type { CellFault } from "./model.ts";

/** What an itzo process is started with. */
export type ItzoStart = Readonly<{
	files: ReadonlyMap<string, WrittenFile>;
	host: string;
	port: number;
	/** The machine's primary private IPv4, as its metadata tell. */
	primaryAddress: string;
	pod: PodState;
	fault: CellFault;
}>;

/** An itzo that listens. */
export type Itzo = Readonly<{ port: number; stop(): void }>;

/**
 * Serves itzo's API over mutual TLS with what lies in /tmp/itzo.
 *
 * A client must show a certificate that ca.crt vouches for and that may be a client's; names don't
 * matter. OpenSSL is stricter than Go in two points: anyExtendedKeyUsage alone isn't enough, and a
 * keyUsage, if there is one, must hold digitalSignature or keyAgreement.
 *
 * @throws when a certificate is missing or doesn't fit, or the address is taken: the launcher tries
 * again.
 */
export function startItzo(start: ItzoStart): Promise<Itzo> {
	const server = start.fault === "hangs-in-tls" ? createServer() : tlsServer(start);
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
	});
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(start.port, start.host, () => {
			resolve({
				port: portOf(server),
				stop() {
					server.close();
					for (const socket of sockets) socket.destroy();
				},
			});
		});
	});
}

const tlsServer = (start: ItzoStart): Server =>
	createTlsServer(
		{
			ca: fileAt(start, "ca.crt"),
			cert: fileAt(start, "server.crt"),
			key: fileAt(start, "server.key"),
			requestCert: true,
			rejectUnauthorized: true,
		},
		answers(start),
	);

function fileAt({ files }: ItzoStart, name: string): Buffer {
	const file = files.get(`/tmp/itzo/${name}`);
	if (file === undefined) throw new TellableError(`/tmp/itzo/${name} does not exist`);
	return file.content;
}

/** More than any updatepod; the agent has no limit of its own. */
const maxBodyBytes = 4 * 1_048_576;

const answers =
	({ fault, pod, primaryAddress }: ItzoStart): RequestListener =>
	async (request, response) => {
		const body = await bodyOf(request).catch(() => undefined);
		// The client has gone in the middle of its request: nobody is left to answer.
		if (body === undefined) return;
		const [path = ""] = (request.url ?? "").split("?", 1);
		const answer =
			fault === "answers-rubbish"
				? { status: 200, body: "\u0001\u0002 rubbish" }
				: itzoAnswer(request.method ?? "", path, body, pod, primaryAddress);
		response.writeHead(answer.status, { "content-type": "text/plain; charset=utf-8" });
		response.end(answer.body);
	};

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		bytes += chunk.length;
		if (bytes > maxBodyBytes) break;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

function portOf(server: Server): number {
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}
