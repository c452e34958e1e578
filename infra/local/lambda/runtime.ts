/**
 * The process in which one function lives: imports its entry, as Lambda's runtime does, and answers
 * invocations that come over the channel to its parent. It ends when its parent does.
 */
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { InvocationReply, InvocationRequest } from "./function-process.ts";

const [, , entry, functionName] = process.argv;
if (entry === undefined || functionName === undefined) throw new Error("runtime.ts ENTRY NAME");

// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));

const { handler }: { handler: (event: unknown, context: unknown) => Promise<unknown> } =
	await import(pathToFileURL(resolve(entry)).href);

process.on("message", (request: InvocationRequest) => {
	const endsAt = Date.now() + request.timeoutMs;
	const context = {
		functionName,
		functionVersion: "$LATEST",
		invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
		memoryLimitInMB: "512",
		awsRequestId: randomUUID(),
		logGroupName: `/aws/lambda/${functionName}`,
		logStreamName: "local",
		callbackWaitsForEmptyEventLoop: false,
		getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
	};
	const reply = (answer: InvocationReply) => process.send?.(answer);
	handler(request.event, context).then(
		(result) => reply({ id: request.id, result }),
		(error: unknown) => reply({ id: request.id, error: String(error) }),
	);
});
process.send?.({ started: true });
