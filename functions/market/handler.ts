import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type MarketPorts, refreshMarket } from "../../shared/flows/refresh-market.ts";
import { invocation } from "../invocation.ts";

/** A schedule in, about hourly: spot prices move within hours, the rest within weeks. */
export const marketHandler = (ports: MarketPorts) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(async (_event, context: Context) =>
			refreshMarket(ports, AbortSignal.timeout(context.getRemainingTimeInMillis() - reserveMs)),
		);

/** Kept back, so that a refresh that takes too long still says how old the catalogue is. */
const reserveMs = 2_000;
