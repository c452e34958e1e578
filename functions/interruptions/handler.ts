import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type InterruptPorts, interrupt } from "../../shared/flows/interrupt.ts";
import { invocation } from "../invocation.ts";

/** Kept back, in ms, so that what took too long is told before Lambda stops the function. */
const reserveMs = 3_000;

/** One event of EventBridge's in. A failure fails the invocation: Lambda repeats it, twice by default. */
export const interruptionsHandler = (ports: InterruptPorts) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(async (event, context: Context) => {
			const remainingMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
			await interrupt(event, ports, AbortSignal.timeout(remainingMs));
		});
