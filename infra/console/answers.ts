import type { IncomingMessage, ServerResponse } from "node:http";
import type * as z from "zod";
import type { Refused } from "./api.ts";

/** A request that can't be done: 4xx with every fault. */
export class RequestRefused extends Error {
	override readonly name = "RequestRefused";
	readonly status: number;
	readonly faults: Refused["faults"];

	constructor(status: number, faults: Refused["faults"]) {
		super(faults.map(({ path, problem }) => `${path}: ${problem}`).join("\n"));
		this.status = status;
		this.faults = faults;
	}
}

export const refusal = (status: number, path: string, problem: string): RequestRefused =>
	new RequestRefused(status, [{ path, problem }]);

/** On every answer. Styles and scripts only from the console's own files, nothing from elsewhere, in no frame. */
export const securityHeaders = {
	"content-security-policy":
		"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
	"cross-origin-resource-policy": "same-origin",
	"cross-origin-opener-policy": "same-origin",
	"cache-control": "no-store",
} as const;

export function answerJson(response: ServerResponse, status: number, body: object): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(text),
	});
	response.end(text);
}

/** More than any manifest that a person sends. */
const mostBytes = 2 ** 20;

/**
 * The body as this schema says; an empty one is `{}`.
 *
 * @throws RequestRefused 413 for more than a mebibyte, 400 for what isn't JSON, 422 with every fault.
 */
export async function bodyOf<Schema extends z.ZodType>(
	request: IncomingMessage,
	schema: Schema,
): Promise<z.infer<Schema>> {
	const text = await textOf(request);
	const read = schema.safeParse(parsed(text === "" ? "{}" : text));
	if (read.success) return read.data;
	throw new RequestRefused(
		422,
		read.error.issues.map(({ path, message }) => ({
			path: path.length === 0 ? "body" : path.join("."),
			problem: message,
		})),
	);
}

async function textOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	// What is too much is read as well, and dropped: a client that still sends doesn't hear the answer.
	for await (const chunk of request) {
		bytes += chunk.length;
		if (bytes <= mostBytes) chunks.push(chunk);
	}
	if (bytes > mostBytes) throw refusal(413, "body", `must be at most ${mostBytes} bytes`);
	return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// The parser's message quotes the body, and pods hold secrets.
		throw refusal(400, "body", "must be JSON");
	}
}
