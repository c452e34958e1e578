import * as z from "zod";

/** One observation of a metric. */
export type Observation = Readonly<{
	atMs: number;
	metric: string;
	value: number;
	dimensions: Readonly<Record<string, string>>;
}>;

/** One line of a function's log. */
export type LogLine = Readonly<{
	atMs: number;
	function: string;
	message: string;
	fields: Readonly<Record<string, unknown>>;
}>;

export type Run = Readonly<{ observations: readonly Observation[]; log: readonly LogLine[] }>;

const Embedded = z.looseObject({
	_aws: z.object({
		Timestamp: z.number(),
		CloudWatchMetrics: z.array(
			z.object({
				Dimensions: z.array(z.array(z.string())),
				Metrics: z.array(z.object({ Name: z.string() })),
			}),
		),
	}),
});
const Logged = z.looseObject({ time: z.coerce.date(), function: z.string(), message: z.string() });

/** What functions have written, lines of metrics and of their logs in any order; other lines count for nothing. */
export function runFrom(text: string): Run {
	const observations: Observation[] = [];
	const log: LogLine[] = [];
	for (const line of text.split("\n")) {
		const value = parsed(line);
		const embedded = Embedded.safeParse(value).data;
		if (embedded !== undefined) {
			observations.push(...observationsIn(embedded));
			continue;
		}
		const logged = Logged.safeParse(value).data;
		if (logged === undefined) continue;
		const { time, function: name, message, ...fields } = logged;
		log.push({ atMs: time.getTime(), function: name, message, fields });
	}
	return { observations, log };
}

const parsed = (line: string): unknown => {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
};

const observationsIn = ({ _aws, ...members }: z.infer<typeof Embedded>): readonly Observation[] =>
	_aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
		Metrics.flatMap(({ Name }) => {
			const value = members[Name];
			if (typeof value !== "number") return [];
			const dimensions = Object.fromEntries(
				(Dimensions[0] ?? []).map((name) => [name, String(members[name])]),
			);
			return [{ atMs: _aws.Timestamp, metric: Name, value, dimensions }];
		}),
	);
