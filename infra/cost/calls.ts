import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";

/** A request that one of this process's own servers has answered. */
export type Call = Readonly<{
	/** As the endpoints are called. */
	service: string;
	/** The API's action: `PutItem`, `ReceiveMessage`. */
	action: string;
	request: unknown;
	reply: unknown;
	/** HTTP. */
	status: number;
}>;

/** Before a request's handler runs. @see https://nodejs.org/api/diagnostics_channel.html#http */
const started = "http.server.request.start";
const Started = z.object({
	request: z.instanceof(IncomingMessage),
	response: z.instanceof(ServerResponse),
});

/**
 * Tells every call of an AWS API with JSON bodies that reaches a server of this process at one of these endpoints.
 * DynamoDB is asked what each call has consumed; nothing else of a request or an answer is changed.
 *
 * @returns ends it.
 */
export function watchCalls(
	endpoints: Readonly<Record<string, string>>,
	onCall: (call: Call) => void,
): () => void {
	const services = new Map(
		Object.entries(endpoints).map(([service, url]) => [Number(new URL(url).port), service]),
	);
	const onRequest = (message: unknown) => {
		const { request, response } = Started.parse(message);
		const service = services.get(request.socket.localPort ?? 0);
		if (service === undefined) return;
		const action = String(request.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
		const received = heard(request, service === "dynamodb" && action !== "" ? asked : undefined);
		answered(response, (body) =>
			onCall({
				service,
				action: action === "" ? (new URLSearchParams(received()).get("Action") ?? "") : action,
				request: parsed(received()),
				reply: parsed(body),
				status: response.statusCode,
			}),
		);
	};
	subscribe(started, onRequest);
	return () => {
		unsubscribe(started, onRequest);
	};
}

const asked = (body: string): string =>
	JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: "TOTAL" });

/** The body, as it passes by; changed, if it shall be, before its server reads any of it. */
function heard(request: IncomingMessage, change?: (body: string) => string): () => string {
	const chunks: Buffer[] = [];
	const push = request.push.bind(request);
	request.push = (chunk: Buffer | null): boolean => {
		if (chunk !== null) {
			chunks.push(chunk);
			return change === undefined ? push(chunk) : true;
		}
		if (change !== undefined) {
			const changed = Buffer.from(change(Buffer.concat(chunks).toString()));
			request.headers["content-length"] = String(changed.length);
			push(changed);
		}
		return push(null);
	};
	return () => Buffer.concat(chunks).toString();
}

function answered(response: ServerResponse, onEnd: (body: string) => void): void {
	const chunks: Buffer[] = [];
	const keep = (chunk: unknown) => {
		if (typeof chunk === "string" || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
	};
	const { write, end } = response;
	response.write = (...given: unknown[]): boolean => {
		keep(given[0]);
		return Reflect.apply(write, response, given);
	};
	response.end = (...given: unknown[]): ServerResponse => {
		keep(given[0]);
		return Reflect.apply(end, response, given);
	};
	response.once("finish", () => onEnd(Buffer.concat(chunks).toString()));
}

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
