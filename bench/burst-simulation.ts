import type { Context, SQSBatchResponse } from "aws-lambda";
import { launchHandler } from "../functions/launch/handler.ts";
import { allowances, tokenBuckets } from "../infra/local/ec2/throttle.ts";
import type { LaunchTurns } from "../shared/pace/model.ts";
import { cheapIssuers, cheapUserData } from "../tests/faults/identities.ts";
import { numbersFrom } from "../tests/faults/random.ts";
import { morning } from "../tests/support/cells.ts";
import { launchPorts } from "../tests/support/launch-ports.ts";
import { memoryTurns } from "../tests/support/memory-turns.ts";
import { burstQueue } from "./burst-queue.ts";
import { virtualClock } from "./virtual-clock.ts";

export type Burst = Readonly<{
	pods: number;
	/** Replicas of one workload that arrive one behind the other. */
	replicas: number;
	/** False: nobody waits for a turn; EC2 says when it is too much. */
	paced: boolean;
	/** Virtual hours after which the rest is lost. */
	untilHours: number;
	seed: number;
}>;

export type BurstResult = Readonly<{
	/** Until the last launch that was accepted. */
	lastLaunchSeconds: number;
	launched: number;
	/** Instances beyond one for each pod. */
	doubled: number;
	calls: number;
	refused: number;
	receives: number;
}>;

/**
 * As Lambda reads a standard queue: five batches at first, up to 300 more each minute, and no more at once than
 * the mapping's maximum concurrency.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const batches = {
	atOnce: (nowMs: number) => Math.min(20, 5 + Math.floor(nowMs / 200)),
	visibilitySeconds: 60,
};

/**
 * A burst of pods through the real launch function, against EC2's documented buckets, under virtual time.
 *
 * Nothing here takes real time: every port call passes as much virtual time as its service takes, drawn from a
 * seed. Workers die of nothing here; that is tests/faults' subject.
 */
export async function burst(given: Burst): Promise<BurstResult> {
	const clock = virtualClock();
	const draw = numbersFrom(given.seed);
	const { ports, instances, history } = launchPorts();
	const now = () => new Date(morning.getTime() + clock.nowMs());
	const throttle = tokenBuckets(() => 1);
	const pacers = memoryTurns(ports.config.launch);
	const turns: LaunchTurns = given.paced
		? pacers(now)
		: { take: async () => now(), throttled: async () => {} };
	let choice: ReturnType<typeof ports.choose> | undefined;
	const served = new Set<string>();
	let [calls, refused, lastLaunchMs] = [0, 0, 0];
	instances.refuse(({ count = 1 }) => {
		calls += 1;
		try {
			throttle("RunInstances", allowances.RunInstances, count, clock.nowMs());
			return undefined;
		} catch {
			refused += 1;
			const code = "RequestLimitExceeded";
			return { outcome: "refused", reason: "throttled", code, message: "Request limit exceeded." };
		}
	});
	const handler = launchHandler({
		...ports,
		// All pods ask for the same, and nothing is ever set aside: what is chosen once is chosen always.
		choose: (...args) => {
			choice ??= ports.choose(...args);
			return choice;
		},
		issuers: cheapIssuers("authority"),
		userDataFor: cheapUserData,
		now,
		log: silent,
		metrics: { ...ports.metrics, add: () => {} },
		cells: {
			claim: taking(2, 12, ports.cells.claim),
			get: taking(2, 8, ports.cells.get),
			save: taking(3, 15, ports.cells.save),
		},
		turns: { take: taking(3, 30, turns.take), throttled: taking(3, 30, turns.throttled) },
		checks: { ask: taking(5, 40, async () => {}) },
		instances: {
			...instances,
			async launch(request, signal) {
				// EC2 decides when the request arrives, and takes its time to answer.
				await clock.pass(between(10, 60));
				const outcome = await instances.launch(request, signal);
				if (outcome.outcome === "refused") return outcome;
				lastLaunchMs = clock.nowMs();
				for (const { instanceId } of outcome.instances.flatMap((each) => each ?? []))
					served.add(instanceId);
				await clock.pass(between(400, 2_500));
				return outcome;
			},
		},
		redelivery: {
			async after(receipt, seconds) {
				await clock.pass(between(5, 30));
				queue.hideAgain(receipt, seconds);
			},
		},
	});
	let invocations = 0;
	const queue = burstQueue(clock, batches, async (records) => {
		await clock.pass(between(5, 60));
		const context = contextOf(`invocation-${++invocations}`);
		const { batchItemFailures }: SQSBatchResponse = await handler(
			{ Records: [...records] },
			context,
		);
		return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
	});
	queue.send(Array.from({ length: given.pods }, (_, index) => podMessage(index, given.replicas)));
	await clock.run(given.untilHours * 3_600_000);
	const pods = new Set(
		history.flatMap(({ phase, podUid }) => (phase === "Booting" ? [podUid] : [])),
	);
	const result = {
		lastLaunchSeconds: lastLaunchMs / 1000,
		launched: pods.size,
		doubled: served.size - pods.size,
		calls,
		refused,
		receives: queue.receives(),
	};
	// What is under way comes to its end: each run of the function has timers, which would hold the process.
	queue.close();
	await clock.run(Number.POSITIVE_INFINITY);
	return result;

	function between(least: number, most: number): number {
		// Most calls are quick, a few take long.
		return least + (most - least) * (draw(1_000) / 1_000) ** 3;
	}

	function taking<Args extends readonly unknown[], Result>(
		least: number,
		most: number,
		act: (...args: Args) => Promise<Result>,
	): (...args: Args) => Promise<Result> {
		return async (...args) => {
			await clock.pass(between(least, most) / 2);
			const result = await act(...args);
			await clock.pass(between(least, most) / 2);
			return result;
		};
	}
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const contextOf = (awsRequestId: string): Context => ({
	awsRequestId,
	callbackWaitsForEmptyEventLoop: false,
	functionName: "launch",
	functionVersion: "1",
	invokedFunctionArn: "",
	memoryLimitInMB: "512",
	logGroupName: "",
	logStreamName: "",
	// Real time: none of it passes.
	getRemainingTimeInMillis: () => 600_000,
	done() {},
	fail() {},
	succeed() {},
});

const podMessage = (index: number, replicas: number): string => {
	const workload = `workload-${Math.floor(index / replicas)}`;
	return JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodScheduled",
		pod: {
			metadata: {
				namespace: "burst",
				name: `${workload}-${index}`,
				uid: `pod-${index}`,
				...(replicas === 1
					? {}
					: {
							ownerReferences: [
								{
									apiVersion: "apps/v1",
									kind: "ReplicaSet",
									name: workload,
									uid: workload,
									controller: true,
								},
							],
						}),
			},
			spec: {
				containers: [
					{ name: "web", image: "nginx", resources: { limits: { cpu: "250m", memory: "256Mi" } } },
				],
			},
		},
	});
};
