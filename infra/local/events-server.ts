import { once } from "node:events";
import http from "node:http";
import * as z from "zod";
import { portOf } from "./port-of.ts";

const PutEvents = z.object({
	Entries: z.array(
		z.object({
			EventBusName: z.string().optional(),
			Source: z.string(),
			DetailType: z.string(),
			Detail: z.string(),
		}),
	),
});

/** One event as the bus hands it on. */
export type BusEvent = Readonly<{ source: string; detailType: string; detail: unknown }>;

/** EventBridge on loopback, as far as PutEvents: every entry goes to `onEvent`. */
export async function startEvents(onEvent: (event: BusEvent) => void) {
	let count = 0;
	const server = http.createServer(async (request, response) => {
		const body = Buffer.concat(await Array.fromAsync(request)).toString();
		const answer = (status: number, reply: unknown) =>
			response
				.writeHead(status, { "content-type": "application/x-amz-json-1.1" })
				.end(JSON.stringify(reply));
		const action = String(request.headers["x-amz-target"] ?? "");
		if (action !== "AWSEvents.PutEvents")
			return answer(400, { __type: "UnknownOperationException", message: `no ${action} here` });
		const parsed = PutEvents.safeParse(jsonOf(body));
		if (!parsed.success)
			return answer(400, { __type: "ValidationException", message: parsed.error.message });
		const entries = parsed.data.Entries.map(({ Source, DetailType, Detail }) => {
			onEvent({ source: Source, detailType: DetailType, detail: jsonOf(Detail) });
			count += 1;
			return { EventId: `event-${count}` };
		});
		return answer(200, { FailedEntryCount: 0, Entries: entries });
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		endpoint: `http://127.0.0.1:${portOf(server)}`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
