import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ProvisionerError } from "../errors.ts";
import { type StatusBus, type StatusEvent, statusDetailType, statusSource } from "./model.ts";

/** PutEvents takes at most ten entries. */
const entriesPerCall = 10;

/** Status events on an EventBridge bus, in their order, ten a call. */
export const eventbridgeStatusBus = (
	eventbridge: EventBridgeClient,
	busName: string,
): StatusBus => {
	const put = async (events: readonly StatusEvent[], signal: AbortSignal): Promise<void> => {
		const { Entries = [], FailedEntryCount = 0 } = await eventbridge.send(
			new PutEventsCommand({
				Entries: events.map((event) => ({
					EventBusName: busName,
					Source: statusSource,
					DetailType: statusDetailType,
					Detail: JSON.stringify(event),
				})),
			}),
			{ abortSignal: signal },
		);
		if (FailedEntryCount === 0) return;
		const codes = Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []).join(", ");
		throw new ProvisionerError(
			"unavailable",
			"EventsNotTaken",
			`the bus ${busName} refused ${FailedEntryCount} of ${events.length} events: ${codes}`,
		);
	};
	return {
		async announce(events, signal) {
			for (let start = 0; start < events.length; start += entriesPerCall)
				await put(events.slice(start, start + entriesPerCall), signal);
		},
	};
};
