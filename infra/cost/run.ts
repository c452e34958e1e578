import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Cell } from "../../shared/cells/model.ts";
import type { Ec2BusEvent } from "../local/ec2/eventbridge.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { startStack } from "../local/stack.ts";
import { watchCalls } from "./calls.ts";
import { Tallier, type Tally } from "./tally.ts";

export type RunOptions = Readonly<{
	providerFile: string;
	pods: number;
	bootSecondsMedian: number;
	/** Between two pods; 0: replicas of one workload, all at once. */
	everyMs: number;
}>;

type Run = Readonly<{
	tally: Tally;
	byTheClock: Tally;
	metrics: Readonly<{ idle: number; busy: number }>;
}>;

/** By the clock, in an account. */
const scheduled = ["janitor", "images", "market", "renewal"] as const;
const patienceMs = 600_000;

/**
 * The embedded stack with pods from their first message to the end of their cells, and what that has used.
 *
 * @throws when a pod fails, or isn't over in time.
 */
export async function countedRun(options: RunOptions): Promise<Run> {
	let tallier = new Tallier();
	const changes = new EventEmitter();
	const stack = await startStack({
		providerFile: options.providerFile,
		janitorEverySeconds: 0,
		// As deployed: until it is known how long cells boot.
		firstCheckSeconds: 20,
		ec2: {
			bootTime: { medianMs: options.bootSecondsMedian * 1_000, spread: 0.25 },
			onEventBridgeEvent(event) {
				tallier.add("ec2.events");
				if (isForInterruptions(event)) tallier.add("ec2.eventsToRules");
			},
		},
		onLine: (name, line) => tallier.line(name, line),
		onAwsMetric: (line) => tallier.measured(line),
		onCell: (cell) => changes.emit("cell", cell),
	});
	const unwatch = watchCalls(stack.endpoints, (call) => tallier.call(call));
	try {
		await stack.functions.market.invoke({ source: "cost" });
		tallier = new Tallier();
		for (const name of scheduled) await stack.functions[name].invoke({ source: "cost" });
		const byTheClock = tallier.sums();
		const idle = tallier.metrics();
		tallier = new Tallier();
		await livesOf(stack, changes, options);
		return { tally: tallier.sums(), byTheClock, metrics: { idle, busy: idle + tallier.metrics() } };
	} finally {
		unwatch();
		await stack.stop();
	}
}

/** As the rules of infra/aws/bus-and-rules.yml. */
const isForInterruptions = (event: Ec2BusEvent): boolean => {
	const { state } = { state: "", ...event.detail };
	return (
		event["detail-type"] !== "EC2 Instance State-change Notification" ||
		["stopping", "stopped", "shutting-down", "terminated"].includes(state)
	);
};

type RunningStack = Awaited<ReturnType<typeof startStack>>;

/** Each pod is deleted as soon as it is ready; all is over when nothing of any cell is left. */
async function livesOf(
	stack: RunningStack,
	changes: EventEmitter,
	{ pods, everyMs }: RunOptions,
): Promise<void> {
	const sqs = new SQSClient({ ...laptopAws, endpoint: stack.endpoints.sqs });
	const send = async (queue: RunningStack["podDeleted"], body: object) =>
		await sqs.send(
			new SendMessageCommand({ QueueUrl: queue.url, MessageBody: JSON.stringify(body) }),
		);
	const over = new Set<string>();
	const told = new Set<string>();
	const failures: string[] = [];
	changes.on("cell", (cell: Cell) => {
		if (cell.phase === "Failed") failures.push(`${cell.pod.name}: ${cell.reason}`);
		if (cell.phase === "Ready" && !told.has(cell.podUid)) {
			told.add(cell.podUid);
			const { uid, namespace, name } = cell.pod;
			const pod = { metadata: { uid, namespace, name } };
			send(stack.podDeleted, { apiVersion: "cellwright.dev/v1", kind: "PodDeleted", pod }).catch(
				(error: unknown) => failures.push(String(error)),
			);
		}
		if (cell.stages.settledAt !== undefined) over.add(cell.podUid);
		if (over.size === pods || failures.length > 0) changes.emit("over");
	});
	const finished = once(changes, "over", { signal: AbortSignal.timeout(patienceMs) });
	for (let index = 0; index < pods; index++) {
		await send(stack.podScheduled, {
			apiVersion: "cellwright.dev/v1",
			kind: "PodScheduled",
			pod: podNumber(index, everyMs === 0),
		});
		if (everyMs > 0) await delay(everyMs);
	}
	await finished;
	// What announces the last changes, and settles messages, is still on its way.
	await delay(3_000);
	sqs.destroy();
	if (failures.length > 0) throw new Error(`the run doesn't count: ${failures.join("; ")}`);
}

/** A small web server, of a length that pods have. */
const podNumber = (index: number, isReplica: boolean) => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: {
		name: `storefront-${index}`,
		namespace: "shop",
		uid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
		labels: { "app.kubernetes.io/name": "storefront" },
		...(isReplica
			? {
					ownerReferences: [
						{
							apiVersion: "apps/v1",
							kind: "ReplicaSet",
							name: "storefront",
							uid: "10000000-0000-4000-8000-000000000000",
							controller: true,
						},
					],
				}
			: {}),
	},
	spec: {
		restartPolicy: "Always",
		containers: [
			{
				name: "nginx",
				image: "docker.io/library/nginx:1.29-alpine",
				env: [{ name: "NGINX_ENTRYPOINT_QUIET_LOGS", value: "1" }],
				resources: { limits: { cpu: "500m", memory: "512Mi" } },
			},
		],
	},
});
