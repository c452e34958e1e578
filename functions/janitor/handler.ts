import middy from "@middy/core";
import type { Context } from "aws-lambda";
import type { JanitorPorts } from "../../shared/flows/janitor/ports.ts";
import { sweep } from "../../shared/flows/janitor/sweep.ts";
import { invocation } from "../invocation.ts";

/** Kept back, in ms, so that a run ends by itself before Lambda stops the function. */
const reserveMs = 3_000;

/** A schedule in, whatever its event says: every five minutes. */
export const janitorHandler = (ports: JanitorPorts) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(
			async (_event, context: Context) =>
				await sweep(
					ports,
					AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs)),
				),
		);
