import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type RenewPorts, renewClient } from "../../shared/flows/renew-client.ts";
import { invocation } from "../invocation.ts";

/** A schedule in, several times within a certificate's day. */
export const renewalHandler = (ports: RenewPorts) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(async (_event, context: Context) =>
			renewClient(ports, AbortSignal.timeout(context.getRemainingTimeInMillis())),
		);
