import type { MiddlewareObj } from "@middy/core";
import type { Log } from "../shared/telemetry/log.ts";

/**
 * A line in the log for each invocation: its request id, how long it took, whether the process was new.
 * An invocation that throws is logged as an error here, once, and fails as it should.
 */
export const invocation = (log: Log, now: () => Date): MiddlewareObj => {
	const started = new Map<string, Date>();
	let coldStart = true;
	const fields = (requestId: string) => {
		const durationMs = now().getTime() - (started.get(requestId) ?? now()).getTime();
		started.delete(requestId);
		return { requestId, durationMs };
	};
	return {
		before({ context }) {
			started.set(context.awsRequestId, now());
			if (coldStart) log.info("cold start", { requestId: context.awsRequestId });
			coldStart = false;
		},
		after({ context }) {
			log.debug("invocation done", fields(context.awsRequestId));
		},
		onError({ context, error }) {
			log.error("invocation failed", { ...fields(context.awsRequestId), error });
		},
	};
};
