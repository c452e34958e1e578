import { allowances } from "../infra/local/ec2/throttle.ts";
import { type BurstResult, burst } from "./burst-simulation.ts";
import type { BenchRow } from "./report.ts";

type Shape = Readonly<{ pods: number; replicas: number }>;

const shapes: readonly Shape[] = [
	{ pods: 1_000, replicas: 1 },
	{ pods: 1_000, replicas: 10 },
	{ pods: 10_000, replicas: 1 },
	{ pods: 10_000, replicas: 10 },
];

/** Without a pacer, most of the work is refused: this much of it shows what becomes of it. */
const unpaced = { pods: 1_000, replicas: 1, untilHours: 15 / 3_600 };

/** The real launch function under virtual time, until the last launch of a burst is accepted. */
export async function burstBench(): Promise<readonly BenchRow[]> {
	const rows: BenchRow[] = [];
	for (const shape of shapes) {
		const result = await burst({ ...shape, paced: true, untilHours: 6, seed: 1 });
		rows.push(...rowsOf(shape, result));
	}
	const without = await burst({ ...unpaced, paced: false, seed: 1 });
	rows.push({
		what: "the same 1,000 without a pacer, refused in the first 15 s",
		measured: refusedPercent(without),
		unit: "%",
		note: `${without.launched} launched by ${without.calls} calls`,
	});
	return rows;
}

function rowsOf(shape: Shape, result: BurstResult): readonly BenchRow[] {
	const { pods, replicas } = shape;
	const bound = boundSeconds(pods / replicas, pods);
	const what = `${pods.toLocaleString("en")} pods, ${replicas === 1 ? "each by itself" : `${replicas} replicas a workload`}`;
	const ratio = (result.lastLaunchSeconds / bound).toFixed(3);
	return [
		{
			what: `${what}: last launch accepted`,
			measured: result.lastLaunchSeconds,
			unit: "s",
			target: { atMost: 1.05 * bound },
			note: `${ratio}× what the buckets allow; lost ${pods - result.launched}, doubled ${result.doubled}, ${(result.receives / pods).toFixed(2)} receives a pod`,
		},
		{
			what: `${what}: calls refused`,
			measured: refusedPercent(result),
			unit: "%",
			target: { atMost: 1 },
			note: `${result.refused} of ${result.calls}`,
		},
	];
}

const refusedPercent = ({ refused, calls }: BurstResult): number => (100 * refused) / calls;

/** When the buckets give their last token, if nobody ever asks too early or too late. */
export function boundSeconds(calls: number, instances: number): number {
	const { requests, resources } = allowances.RunInstances;
	return Math.max(
		0,
		(calls - requests.max) / requests.refillPerSecond,
		(instances - resources.max) / resources.refillPerSecond,
	);
}
