import * as z from "zod";
import { type JsonService, startJsonService } from "./json-service.ts";

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
export async function startEvents(onEvent: (event: BusEvent) => void): Promise<JsonService> {
	let count = 0;
	const put = (input: unknown): object => {
		const Entries = PutEvents.parse(input).Entries.map(({ Source, DetailType, Detail }) => {
			onEvent({ source: Source, detailType: DetailType, detail: JSON.parse(Detail) });
			count += 1;
			return { EventId: `event-${count}` };
		});
		return { FailedEntryCount: 0, Entries };
	};
	return await startJsonService("AWSEvents", { PutEvents: put }, "ValidationException");
}
