import * as z from "zod";
import type { Fault } from "../shared/errors.ts";
import { faultAt, memberPath, pathText, schemaProblem } from "../shared/pods/faults.ts";

/** Of Node's timers: a longer one ends at once. */
const longestMs = 2 ** 31 - 1;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const RequestHandler = z.custom<object>(isObject, {
	error: "must be one of the SDK's request handlers, or an object of its settings",
});
const clientOrSettings = z.looseObject(
	{ requestHandler: RequestHandler.optional() },
	{ error: "must be one of the SDK's clients, or an object of its settings" },
);

/** By what it has, as Node takes it: there is more than one implementation. */
const Signal = z.custom<AbortSignal>((value) => isObject(value) && "aborted" in value, {
	error: "must be an AbortSignal, such as AbortSignal.timeout(60_000)",
});

const everyMsRule = `must be the milliseconds between two looks, from 1 to ${longestMs}`;

/** Strict: who misspells the deployment would launch machines in another one. */
const Options = z.strictObject({
	deployment: z.string().min(1).optional(),
	sqs: clientOrSettings.optional(),
	dynamodb: clientOrSettings.optional(),
	signal: Signal.optional(),
	everyMs: z
		.number({ error: everyMsRule })
		.min(1, { error: everyMsRule })
		.max(longestMs, { error: everyMsRule })
		.optional(),
});

const ReadOptions = z.strictObject({
	source: z.string().optional(),
	namespace: z.string().optional(),
	newUid: z
		.custom<() => string>((value) => typeof value === "function", { error: "must be a function" })
		.optional(),
});

/** What is wrong with a call's options; the same object may be meant for all functions. */
export const optionFaults = (options: unknown): readonly Fault[] => faultsBy(Options, options);

/** The same for `readManifests`. */
export const readOptionFaults = (options: unknown): readonly Fault[] =>
	faultsBy(ReadOptions, options);

function faultsBy(schema: z.ZodObject, options: unknown): readonly Fault[] {
	const known = Object.keys(schema.shape).join(", ");
	const { error } = schema.safeParse(options, { error: schemaProblem });
	return (error?.issues ?? []).flatMap((issue) => {
		const path = pathText(["options", ...issue.path]);
		if (issue.code !== "unrecognized_keys") return faultAt(path, issue.message);
		return issue.keys.map((key) =>
			faultAt(memberPath(path, key), `is no option; there are ${known}`),
		);
	});
}
