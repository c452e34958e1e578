import fc from "fast-check";
import { type Birth, lossKinds, type RefusalCode, refusalCodes } from "./ec2.ts";
import { type CallFault, faultKinds } from "./world.ts";

/** One pod's part in a history. */
export type PodScript = Readonly<{
	/** When its message is sent, in seconds. */
	atSeconds: number;
	/** How often the message is sent; all of them at once. */
	copies: number;
	/** When its message is sent once more. */
	againAtSeconds?: number | undefined;
	/** When the pod is deleted; before it is scheduled, too. */
	deletedAtSeconds?: number | undefined;
	restartPolicy: "Always" | "OnFailure" | "Never";
	/** Replicas have one owner. */
	workload: number;
	spot: boolean;
	/** How its machines behave, one after the other; later ones as the last. */
	births: readonly Birth[];
}>;

/** All that makes one run of the world another than the next. */
export type History = Readonly<{
	/** 0: first come, first served. */
	schedule: number;
	pods: readonly PodScript[];
	faults: readonly CallFault[];
	refusals: readonly Readonly<{ launch: number; code: RefusalCode }>[];
	/** Launches of which EC2 gives one machine only. */
	partly: readonly number[];
	/** Seconds that workers' clocks are off, in turn. */
	skews: readonly number[];
	unseenSeconds: number;
	indexLateSeconds: number;
	/** Whether EC2 refuses calls above its own pace, which is slower than ours. */
	slowEc2: boolean;
	limits: Readonly<{ cells: number | undefined; hourlyUsd: number | undefined }>;
	grouping: "workload" | "none";
	/** Whether cells find their files in parameters. */
	parameters: boolean;
	/** When the janitor comes besides its own times. */
	janitorAtSeconds: readonly number[];
	/** Of EC2's events by their number: what becomes of them. */
	events: readonly Readonly<{ event: number; fate: "lost" | "late" | "twice" }>[];
	/** Of invocations by their number: the batch is handed out twice, or its records come again. */
	repeats: readonly number[];
	/** Messages that nobody can read. */
	rubbish: number;
	/** Machines of ours whose record is gone, as after a table was restored. None where there are limits: nobody counts them. */
	strays: number;
}>;

export const quiet: History = {
	schedule: 0,
	pods: [],
	faults: [],
	refusals: [],
	partly: [],
	skews: [],
	unseenSeconds: 2,
	indexLateSeconds: 1,
	slowEc2: false,
	limits: { cells: undefined, hourlyUsd: undefined },
	grouping: "workload",
	parameters: false,
	janitorAtSeconds: [],
	events: [],
	repeats: [],
	rubbish: 0,
	strays: 0,
};

export const aPodScript = (over: Partial<PodScript> = {}): PodScript => ({
	atSeconds: 0,
	copies: 1,
	restartPolicy: "Always",
	workload: 0,
	spot: false,
	births: [{ agent: "answers", answersAfterSeconds: 25 }],
	...over,
});

const birth: fc.Arbitrary<Birth> = fc.record({
	agent: fc.oneof(
		{ arbitrary: fc.constant("answers" as const), weight: 6 },
		{
			arbitrary: fc.constantFrom(
				"is silent" as const,
				"hangs" as const,
				"talks rubbish" as const,
				"is somebody else" as const,
			),
			weight: 1,
		},
	),
	answersAfterSeconds: fc.oneof(
		{ arbitrary: fc.integer({ min: 8, max: 60 }), weight: 6 },
		{ arbitrary: fc.integer({ min: 60, max: 400 }), weight: 1 },
	),
	loss: fc.option(
		fc.record({
			how: fc.constantFrom(...lossKinds),
			afterSeconds: fc.integer({ min: 0, max: 300 }),
		}),
		{ nil: undefined, freq: 2 },
	),
});

const podScript: fc.Arbitrary<PodScript> = fc.record({
	atSeconds: fc.integer({ min: 0, max: 30 }),
	copies: fc.oneof(
		{ arbitrary: fc.constant(1), weight: 4 },
		{ arbitrary: fc.integer({ min: 2, max: 3 }), weight: 1 },
	),
	againAtSeconds: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 1 }),
	deletedAtSeconds: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 2 }),
	restartPolicy: fc.constantFrom("Always", "OnFailure", "Never"),
	workload: fc.integer({ min: 0, max: 2 }),
	spot: fc.boolean(),
	births: fc.array(birth, { minLength: 1, maxLength: 4 }),
});

/** Histories of many pods; shrinking makes them short, and their order the natural one. */
export const histories: fc.Arbitrary<History> = fc.record({
	schedule: fc.oneof(
		{ arbitrary: fc.integer({ min: 1, max: 0x7fffffff }), weight: 9 },
		{ arbitrary: fc.constant(0), weight: 1 },
	),
	pods: fc.oneof(
		{ arbitrary: fc.array(podScript, { minLength: 1, maxLength: 3 }), weight: 5 },
		{ arbitrary: fc.array(podScript, { minLength: 4, maxLength: 12 }), weight: 1 },
	),
	faults: fc.array(
		fc.record({ call: fc.nat({ max: 200 }), kind: fc.constantFrom(...faultKinds) }),
		{ maxLength: 14 },
	),
	refusals: fc.array(
		fc.record({
			launch: fc.nat({ max: 8 }),
			code: fc.constantFrom(...(Object.keys(refusalCodes) as RefusalCode[])),
		}),
		{ maxLength: 4 },
	),
	partly: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
	skews: fc.array(fc.integer({ min: -180, max: 180 }), { maxLength: 4 }),
	unseenSeconds: fc.constantFrom(0, 2, 10, 40),
	indexLateSeconds: fc.constantFrom(0, 1, 5),
	slowEc2: fc.boolean(),
	limits: fc.record({
		cells: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 1 }),
		hourlyUsd: fc.option(fc.constantFrom(0.25, 0.5, 1), { nil: undefined, freq: 1 }),
	}),
	parameters: fc.boolean(),
	grouping: fc.constantFrom("none" as const, "workload" as const),
	janitorAtSeconds: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 4 }),
	events: fc.array(
		fc.record({
			event: fc.nat({ max: 12 }),
			fate: fc.constantFrom("lost" as const, "late" as const, "twice" as const),
		}),
		{ maxLength: 4 },
	),
	repeats: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
	rubbish: fc.oneof(
		{ arbitrary: fc.constant(0), weight: 5 },
		{ arbitrary: fc.constant(1), weight: 1 },
	),
	strays: fc.oneof(
		{ arbitrary: fc.constant(0), weight: 5 },
		{ arbitrary: fc.constant(1), weight: 1 },
	),
});
