import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type RefreshImagesPorts, refreshImages } from "../../shared/flows/refresh-images.ts";
import { invocation } from "../invocation.ts";

/** A schedule in, several times within the day for which a cached image counts as fresh. */
export const imagesHandler = (ports: RefreshImagesPorts) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(async (_event, context: Context) =>
			refreshImages(ports, AbortSignal.timeout(context.getRemainingTimeInMillis())),
		);
