import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import * as z from "zod";
import { portOf } from "./port-of.ts";

/** An answer that isn't 200: AWS's error code and words. */
export class Refusal extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export type JsonService = Readonly<{
	/** `http://127.0.0.1:<port>`, for one of the variables `AWS_ENDPOINT_URL_…`. */
	endpoint: string;
	close(): Promise<void>;
}>;

/** More than any request of ours. */
const requestCharacters = 2 * 1024 * 1024;

/**
 * One of AWS's services behind its own wire, AWS JSON 1.1, on a free port of the loopback interface.
 *
 * @param target what `X-Amz-Target` holds before the dot.
 * @param operations by name; they throw `Refusal`, or zod's error for an input that isn't one.
 * @param invalidCode the service's code for such an input.
 */
export async function startJsonService(
	target: string,
	operations: Readonly<Record<string, (input: unknown) => object>>,
	invalidCode: string,
): Promise<JsonService> {
	const outcome = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
		try {
			const name = String(request.headers["x-amz-target"]).replace(`${target}.`, "");
			const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
			if (operation === undefined)
				throw new Refusal("UnknownOperationException", `${name} isn't simulated`);
			return { status: 200, body: operation(JSON.parse(await bodyOf(request, invalidCode))) };
		} catch (error) {
			return { status: 400, body: refusalBody(error, invalidCode) };
		}
	};
	const server = createServer(async (request, response) => {
		const { status, body } = await outcome(request);
		response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
		response.end(JSON.stringify(body));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		endpoint: `http://127.0.0.1:${portOf(server)}`,
		async close() {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

function refusalBody(error: unknown, invalidCode: string): object {
	if (error instanceof Refusal)
		// Some errors are explained by their name alone.
		return { __type: error.code, ...(error.message === "" ? {} : { message: error.message }) };
	// The names of the wrong members only: values may be secret.
	const members =
		error instanceof z.ZodError
			? error.issues.map(({ path }) => path.join(".")).join(", ")
			: "body";
	return { __type: invalidCode, message: `1 validation error detected at '${members}'` };
}

async function bodyOf(request: IncomingMessage, invalidCode: string): Promise<string> {
	let body = "";
	request.setEncoding("utf8");
	for await (const chunk of request) {
		body += String(chunk);
		if (body.length > requestCharacters) throw new Refusal(invalidCode, "too large");
	}
	return body;
}
