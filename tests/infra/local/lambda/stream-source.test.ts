import type { DynamoDBStreamEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../infra/local/dynamodb.ts";
import { streamSource } from "../../../../infra/local/lambda/stream-source.ts";

const change = (sequence: number): Change => ({
	table: "cells",
	kind: "INSERT",
	keys: { podUid: { S: `p-${sequence}` } },
	before: undefined,
	after: { podUid: { S: `p-${sequence}` } },
	sequence,
	at: new Date(),
});

/** Runs changes 1 to 5 through a function until it has seen number 5 last; returns the sequences of each call. */
const calls = async (answer: (sequences: string[], call: number) => unknown) => {
	const seen: string[][] = [];
	const done = Promise.withResolvers<void>();
	const source = streamSource({
		name: "f",
		async invoke(event) {
			const sequences = (event as DynamoDBStreamEvent).Records.map(
				({ dynamodb }) => dynamodb?.SequenceNumber ?? "",
			);
			seen.push(sequences);
			const result = await answer(sequences, seen.length);
			if (sequences.at(-1) === "5" && result === undefined) done.resolve();
			return result;
		},
		kill: () => false,
		async stop() {},
	});
	for (let sequence = 1; sequence <= 5; sequence++) source.push(change(sequence));
	await done.promise;
	await source.stop();
	return seen;
};

describe("a stream's mapping", () => {
	it("hands changes on once each, in order", async () => {
		expect((await calls(() => undefined)).flat()).toEqual(["1", "2", "3", "4", "5"]);
	});

	it("begins again with the first change that the function names", async () => {
		const seen = await calls((sequences, call) =>
			call === 2 ? { batchItemFailures: [{ itemIdentifier: sequences[1] }] } : undefined,
		);
		expect(seen[1]?.[1]).toBe(seen[2]?.[0]);
		expect(new Set(seen.flat())).toEqual(new Set(["1", "2", "3", "4", "5"]));
	});

	it("begins again with the whole batch when the function fails", async () => {
		const seen = await calls((_, call) => {
			if (call === 1) throw new Error("crashed");
		});
		expect(seen[0]?.[0]).toBe(seen[1]?.[0]);
		expect(new Set(seen.flat())).toEqual(new Set(["1", "2", "3", "4", "5"]));
	});
});
