import { type PriceName, prices } from "./prices.ts";
import type { Tally } from "./tally.ts";

/** A line of a bill. */
export type Line = Readonly<{ part: string; price: PriceName; amount: number; usd: number }>;

export const line = (part: string, price: PriceName, amount: number): Line => ({
	part,
	price,
	amount,
	usd: (amount * prices[price].usd) / prices[price].per,
});

export const total = (lines: readonly Line[]): number =>
	lines.reduce((sum, { usd }) => sum + usd, 0);

/**
 * What Lambda itself logs of an invocation in JSON (start, runtime done, report): an estimate, for only Lambda
 * writes these lines.
 */
export const platformLogBytes = 1_000;

const gigabyte = 1e9;
const secondsIn = (ms: number): number => ms / 1_000;

/**
 * What a run has used, times a factor, by the functions' memory.
 *
 * @param memoryMb by function.
 * @param factor a million pods from those of the run.
 */
export function billOf(
	tally: Tally,
	memoryMb: ReadonlyMap<string, number>,
	factor: number,
): readonly Line[] {
	const sum = (name: string): number => (tally[name] ?? 0) * factor;
	const functions = [...memoryMb.keys()].filter((name) => sum(`lambda.invocations.${name}`) > 0);
	const lambda = functions.flatMap((name) => {
		const part = reachedShare(name, tally);
		const ms = sum(`lambda.ms.${name}`) * part;
		return [
			line(name, "lambdaRequest", sum(`lambda.invocations.${name}`) * part),
			line(name, "lambdaGbSecond", (secondsIn(ms) * (memoryMb.get(name) ?? 0)) / 1_024),
		];
	});
	const logs = functions.map((name) => {
		const own = sum(`logs.bytes.${name}`);
		const platform = sum(`lambda.invocations.${name}`) * platformLogBytes;
		return (own + platform) * reachedShare(name, tally);
	});
	return [
		line("queues", "sqsRequest", sum("sqs.requests")),
		...lambda,
		line("tables and indexes", "writeUnit", sum("dynamodb.writeUnits")),
		line("tables", "readUnit", sum("dynamodb.readUnits")),
		line("status events", "customEvent", sum("events.custom")),
		line("instances' state changes", "awsEvent", sum("ec2.eventsToRules")),
		line("authorities, images", "ssmGet", sum("ssm.calls")),
		line(
			"logs, with metrics in them",
			"logGb",
			logs.reduce((all, bytes) => all + bytes, 0) / gigabyte,
		),
	];
}

/** The laptop's interruptions gets every state change; the deployed one only those that its rules let through. */
function reachedShare(name: string, tally: Tally): number {
	const all = tally["ec2.events"] ?? 0;
	return name === "interruptions" && all > 0 ? (tally["ec2.eventsToRules"] ?? 0) / all : 1;
}
