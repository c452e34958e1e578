import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { actions } from "./actions.ts";
import { Ec2Fault } from "./fault.ts";
import type { Parameters } from "./query.ts";
import type { Region } from "./region.ts";
import type { Throttle } from "./throttle.ts";
import { answerXml, errorXml } from "./xml.ts";

/** More than any call of ours needs; EC2 has such a limit, too. */
const maxBodyBytes = 1_048_576;

/** Answers EC2's query protocol: a form in, XML out. */
export function ec2Endpoint(region: Region, throttle: Throttle) {
	// One action at a time: of two launches with the same token, the second finds the first.
	let queue: Promise<unknown> = Promise.resolve();
	const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
		const result = queue.then(act);
		queue = result.catch(() => undefined);
		return result;
	};
	return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const requestId = randomUUID();
		const body = await bodyOf(request).catch(() => undefined);
		// The client has gone in the middle of its request: nobody is left to answer.
		if (body === undefined) return;
		const parameters: Parameters = new Map(new URLSearchParams(body));
		const action = parameters.get("Action") ?? "";
		try {
			if (body.length > maxBodyBytes) {
				throw new Ec2Fault("RequestEntityTooLarge", "The request is too large", 413);
			}
			const answer = await inTurn(async () => answered(region, throttle, action, parameters));
			tell(region, action, parameters, 200);
			reply(response, 200, answerXml(action, requestId, answer));
		} catch (error) {
			const { code, message, status } = ec2FaultOf(error);
			tell(region, action, parameters, status, code);
			reply(response, status, errorXml(code, message, requestId));
		}
	};
}

async function answered(region: Region, throttle: Throttle, name: string, parameters: Parameters) {
	const action = actions.get(name);
	if (action === undefined) {
		throw new Ec2Fault("InvalidAction", `The action ${name} is not valid for this web service.`);
	}
	const [bucket, allowance] = action.bucket(parameters);
	throttle(bucket, allowance, action.resources(parameters), region.clock.nowMs());
	return action.answer(region, parameters);
}

/** An unexpected error is the simulator's own fault, and says so; its text may hold user data. */
const ec2FaultOf = (error: unknown): Ec2Fault =>
	error instanceof Ec2Fault
		? error
		: new Ec2Fault(
				"InternalError",
				`An internal error has occurred in the simulated EC2 (${error instanceof Error ? error.name : typeof error})`,
				500,
			);

/** The body as text; of one that is too large, just enough to see that. */
async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		if (bytes <= maxBodyBytes) chunks.push(chunk);
		bytes += chunk.length;
	}
	return Buffer.concat(chunks).toString();
}

function tell(
	region: Region,
	action: string,
	parameters: Parameters,
	status: number,
	code?: string,
): void {
	region.events.emit("taken", {
		action,
		parameters: Object.fromEntries([...parameters].map(withoutSecrets)),
		status,
		...(code === undefined ? {} : { code }),
		atMs: region.clock.nowMs(),
	});
}

const withoutSecrets = ([name, value]: [string, string]): [string, string] =>
	name === "UserData"
		? [name, `sha256:${createHash("sha256").update(value).digest("hex")}`]
		: [name, value];

function reply(response: ServerResponse, status: number, xml: string): void {
	response.writeHead(status, {
		"content-type": "text/xml;charset=UTF-8",
		"content-length": Buffer.byteLength(xml),
	});
	response.end(xml);
}
