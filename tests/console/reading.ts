import { type IncomingMessage, request } from "node:http";
import type { StreamEvents } from "../../infra/console/api.ts";

/** What a client says and gets, header by header: fetch would add its own. */
export type Answer = Readonly<{
	status: number;
	headers: IncomingMessage["headers"];
	text: string;
}>;

export async function ask(
	url: string,
	method = "GET",
	headers: Readonly<Record<string, string>> = {},
	body = "",
): Promise<Answer> {
	return await answerOf(await opened(url, method, headers, body));
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
	let text = "";
	response.setEncoding("utf8");
	for await (const chunk of response) text += String(chunk);
	return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** A path as no well-behaved client writes it. */
export async function askPath(
	url: string,
	path: string,
	headers: Readonly<Record<string, string>>,
): Promise<Answer> {
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	request(url, { path, headers, agent: false }, resolve).once("error", reject).end();
	return await answerOf(await promise);
}

/** A request with JSON, as the page sends it. */
export const askJson = async (url: string, method: string, body: unknown = {}): Promise<Answer> =>
	await ask(url, method, { "content-type": "application/json" }, JSON.stringify(body));

/** The answer as soon as its headers are there; its body is still to be read. */
export async function opened(
	url: string,
	method = "GET",
	headers: Readonly<Record<string, string>> = {},
	body = "",
): Promise<IncomingMessage> {
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	const outgoing = request(url, { method, headers, agent: false }, resolve);
	outgoing.once("error", reject);
	outgoing.end(body);
	return await promise;
}

export type StreamEvent = {
	[Event in keyof StreamEvents]: Readonly<{ id: number; event: Event; data: StreamEvents[Event] }>;
}[keyof StreamEvents];

/** Events of a stream, one after the other, until the reader has had enough. */
export async function* eventsOf(response: IncomingMessage): AsyncGenerator<StreamEvent> {
	let text = "";
	response.setEncoding("utf8");
	for await (const chunk of response) {
		text += String(chunk);
		const blocks = text.split("\n\n");
		text = blocks.pop() ?? "";
		for (const block of blocks) {
			const fields = new Map(
				block.split("\n").map((line) => {
					const colon = line.indexOf(": ");
					return [line.slice(0, colon), line.slice(colon + 2)] as const;
				}),
			);
			const data = fields.get("data");
			if (data === undefined) continue;
			yield JSON.parse(
				`{"id":${fields.get("id")},"event":${JSON.stringify(fields.get("event"))},"data":${data}}`,
			);
		}
	}
}

/** Reads the stream until there is what is looked for. */
export async function untilEvent<Found>(
	url: string,
	look: (event: StreamEvent) => Found | undefined,
): Promise<Found> {
	const response = await opened(`${url}api/stream`);
	try {
		for await (const event of eventsOf(response)) {
			const found = look(event);
			if (found !== undefined) return found;
		}
		throw new Error("the stream ended");
	} finally {
		response.destroy();
	}
}
