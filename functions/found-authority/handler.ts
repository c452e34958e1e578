import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type FoundAuthorityPorts, foundAuthority } from "../../shared/flows/found-authority.ts";
import { type StackAnswers, StackRequest } from "../../shared/stack/model.ts";
import { invocation } from "../invocation.ts";

type Ports = FoundAuthorityPorts & Readonly<{ answer: StackAnswers }>;

/** Kept back, in ms, so that CloudFormation gets its answer before Lambda stops the function. */
const reserveMs = 10_000;

/** A request of CloudFormation's in; the answer goes to the address that it names. */
export const foundAuthorityHandler = (ports: Ports) =>
	middy<unknown>()
		.use(invocation(ports.log, ports.now))
		.handler(async (event, context: Context) => {
			const request = StackRequest.parse(event);
			const remainingMs = Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
			const answer = await foundAuthority(request, ports, AbortSignal.timeout(remainingMs));
			await ports.answer(request, answer, AbortSignal.timeout(reserveMs / 2));
		});
