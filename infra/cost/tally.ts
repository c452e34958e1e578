import * as z from "zod";
import { cellIndexes } from "../local/cell-indexes.ts";
import { names } from "../local/names.ts";
import type { Call } from "./calls.ts";
import { type Item, indexWrites } from "./index-writes.ts";

/** What a run has used, by what AWS charges for. All are sums. */
export const Tally = z.record(z.string(), z.number());
export type Tally = Readonly<z.infer<typeof Tally>>;

const Consumed = z.object({
	ConsumedCapacity: z.object({ CapacityUnits: z.number() }).optional(),
});
const Write = z.object({
	TableName: z.string(),
	Key: z.record(z.string(), z.unknown()).optional(),
	Item: z.record(z.string(), z.unknown()).optional(),
});
const Messages = z.object({ Messages: z.array(z.unknown()).optional() });
const Entries = z.object({ Entries: z.array(z.unknown()) });
const MetricLine = z.looseObject({
	FunctionName: z.string(),
	Duration: z.number(),
});

const writes: ReadonlySet<string> = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** Counts what is charged, as it happens. */
export class Tallier {
	readonly #sums = new Map<string, number>();
	/** Of the cells table, to know what changes in its indexes. */
	readonly #items = new Map<string, Item>();
	/** Of each item, what its last write has cost: a refused one costs as much. */
	readonly #writeUnits = new Map<string, number>();
	readonly #metrics = new Set<string>();

	/** Since the beginning. */
	sums(): Tally {
		return Object.fromEntries([...this.#sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
	}

	/** Custom metrics, each with its dimensions' values, that have been seen. */
	metrics(): number {
		return this.#metrics.size;
	}

	add(what: string, amount = 1): void {
		this.#sums.set(what, (this.#sums.get(what) ?? 0) + amount);
	}

	call(call: Call): void {
		if (call.service === "sqs") this.#sqs(call);
		else if (call.service === "dynamodb") this.#dynamodb(call);
		else if (call.service === "events") this.#events(call);
		else this.add(`${call.service}.calls`);
	}

	#sqs({ action, reply }: Call): void {
		if (action === "GetQueueAttributes") return;
		const isEmpty = action === "ReceiveMessage" && !(Messages.parse(reply).Messages?.length ?? 0);
		// What an idle queue costs is counted apart.
		this.add(isEmpty ? "sqs.emptyReceives" : "sqs.requests");
	}

	#events({ request }: Call): void {
		for (const entry of Entries.parse(request).Entries)
			this.add("events.custom", Math.ceil(Buffer.byteLength(JSON.stringify(entry)) / 65_536));
	}

	#dynamodb({ action, request, reply, status }: Call): void {
		const units = Consumed.safeParse(reply).data?.ConsumedCapacity?.CapacityUnits ?? 0;
		if (!writes.has(action)) {
			this.add("dynamodb.readUnits", units);
			return;
		}
		const { TableName, Key, Item: after } = Write.parse(request);
		const id = JSON.stringify([
			TableName,
			Key ?? after?.["podUid"] ?? after?.["key"] ?? after?.["name"],
		]);
		if (status !== 200) {
			this.add("dynamodb.refusedWrites");
			this.add("dynamodb.writeUnits", this.#writeUnits.get(id) ?? 1);
			return;
		}
		this.#writeUnits.set(id, units);
		this.add("dynamodb.writeUnits", units);
		if (TableName !== names.cells) return;
		this.add("dynamodb.writeUnits", indexWrites(cellIndexes, this.#items.get(id), after));
		if (after === undefined) this.#items.delete(id);
		else this.#items.set(id, after);
	}

	/** A line of a function's log. */
	line(functionName: string, line: string): void {
		this.add(`logs.bytes.${functionName}`, Buffer.byteLength(line) + 1);
		if (!line.includes('"_aws"')) return;
		for (const metric of metricsIn(line)) this.#metrics.add(metric);
	}

	/** What AWS measures of an invocation, as infra/local/aws-metrics.ts writes it. */
	measured(line: string): void {
		const { data } = MetricLine.safeParse(JSON.parse(line));
		if (data === undefined) return;
		const name = data.FunctionName.replace(/^cellwright-/, "");
		this.add(`lambda.invocations.${name}`);
		this.add(`lambda.ms.${name}`, Math.ceil(data.Duration));
	}
}

const Embedded = z.looseObject({
	_aws: z.object({
		CloudWatchMetrics: z.array(
			z.object({
				Dimensions: z.array(z.array(z.string())),
				Metrics: z.array(z.object({ Name: z.string() })),
			}),
		),
	}),
});

function metricsIn(line: string): readonly string[] {
	const found = Embedded.parse(JSON.parse(line));
	return found._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
		Dimensions.flatMap((set) =>
			Metrics.map(({ Name }) => JSON.stringify([Name, set.map((key) => [key, found[key]])])),
		),
	);
}
