import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "../local/port-of.ts";
import { answerJson, RequestRefused, refusal, securityHeaders } from "./answers.ts";
import { hostsOf, rejectionOf } from "./guard.ts";
import { pageServer } from "./page-server.ts";
import { type StreamReaders, streamReaders, type Told } from "./readers.ts";
import { type ConsoleActions, routed } from "./routes.ts";
import type { StreamTimes } from "./stream.ts";

export type ConsoleOptions = Told &
	ConsoleActions &
	Readonly<{
		/** On 127.0.0.1; 0: one that the system chooses. */
		port: number;
		/** The page's sources, or what was built from them. */
		pageFolder: URL;
		times?: Partial<StreamTimes>;
	}>;

export type Console = Readonly<{
	/** `http://127.0.0.1:<port>/` */
	url: string;
	close(): Promise<void>;
}>;

/**
 * The local console: its page, and the API that the page uses (api.ts). On the loopback interface alone.
 *
 * @throws when the port is taken.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
	const page = pageServer(options.pageFolder);
	const server = createServer();
	server.listen(options.port, "127.0.0.1");
	await once(server, "listening");
	const hosts = hostsOf(portOf(server));
	const readers = streamReaders(options, options.times);
	server.on("request", (request: IncomingMessage, response: ServerResponse) => {
		answer(request, response, { hosts, readers, page, options }).catch((error: unknown) =>
			answerError(response, error),
		);
	});
	return {
		url: `http://127.0.0.1:${portOf(server)}/`,
		async close() {
			readers.close();
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

type Parts = Readonly<{
	hosts: ReadonlySet<string>;
	readers: StreamReaders;
	page: ReturnType<typeof pageServer>;
	options: ConsoleActions;
}>;

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	{ hosts, readers, page, options }: Parts,
): Promise<void> {
	for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
	const pathname = pathOf(request);
	const rejection = rejectionOf(request, pathname, hosts);
	if (rejection !== undefined) throw refusal(rejection.status, rejection.path, rejection.problem);
	if (pathname.startsWith("/api/") && pathname !== streamPath)
		return await routed(request, response, pathname, options);
	if (request.method !== "GET") {
		response.setHeader("allow", "GET");
		throw refusal(405, "method", "must be GET");
	}
	if (pathname === streamPath) {
		if (readers.isFull()) throw refusal(503, "stream", "has too many readers");
		return readers.open(response);
	}
	if ((await page(pathname, response)) === "unknown")
		throw refusal(404, pathname, "there is no such file");
}

/** Without dots and query: what the guard looks at is what is answered. */
function pathOf({ url = "/" }: IncomingMessage): string {
	const parsed = URL.parse(url, "http://127.0.0.1");
	if (parsed === null) throw refusal(400, "path", "isn't one");
	return parsed.pathname;
}

const streamPath = "/api/stream";

/** What nobody foresaw is told by its kind alone: its message may quote a pod. */
function answerError(response: ServerResponse, error: unknown): void {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	// What was not read of a body would be taken for the next request.
	response.setHeader("connection", "close");
	const known = error instanceof RequestRefused;
	const problem = `the console failed: ${error instanceof Error ? error.name : typeof error}`;
	answerJson(response, known ? error.status : 500, {
		faults: known ? error.faults : [{ path: "", problem }],
	});
}
