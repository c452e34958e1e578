import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** What a server of one test gives back. */
export type Reply = Readonly<{ status: number; body: string; contentType: string }>;

/** A server for one test on a port of its own, and the bodies that it was sent. */
export async function answeringServer(
	reply: (body: string, call: number) => Reply,
): Promise<{ endpoint: string; bodies: readonly string[] }> {
	const bodies: string[] = [];
	const server = createServer(async (request, response) => {
		bodies.push(await text(request));
		const { status, body, contentType } = reply(bodies.at(-1) ?? "", bodies.length - 1);
		response.writeHead(status, { "content-type": contentType }).end(body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return { endpoint: `http://127.0.0.1:${address.port}`, bodies };
}

/** EC2's wire: an answer by action, and an error. */
export const ec2Answer = (action: string, content: string): Reply => ({
	status: 200,
	contentType: "text/xml;charset=UTF-8",
	body: `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>${content}</${action}Response>`,
});
export const ec2Error = (status: number, code: string): Reply => ({
	status,
	contentType: "text/xml;charset=UTF-8",
	body: `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${code}</Code><Message>because</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});
