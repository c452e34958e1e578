import { CellwrightError } from "../../../client/errors.ts";
import type { ClientOptions } from "../../../client/options.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";

/** What the library is told to talk to a place. */
export const clientOptionsAt = (place: Place, signal?: AbortSignal): ClientOptions => ({
	deployment: place.deployment,
	sqs: place.client("sqs"),
	dynamodb: place.client("dynamodb"),
	signal,
});

/**
 * Does something by the library.
 *
 * @throws ProvisionerError `unavailable` that says what to try next, where a queue or the table can't be reached; other
 *   errors as they are.
 */
export async function reaching<Result>(
	place: Place,
	what: "pod-scheduled" | "pod-deleted" | "cells",
	work: () => Promise<Result>,
): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof CellwrightError) || !error.code.endsWith("Unreachable")) throw error;
		const kind = what === "cells" ? "table" : "queue";
		throw outOfReach(place, `the ${kind} ${place.resource(what)}`, error.cause);
	}
}
