import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { cellFromImage } from "../../shared/cells/stream.dynamodb.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { measureQueues } from "./aws-metrics.ts";
import { cellIndexes } from "./cell-indexes.ts";
import { startDynamodb } from "./dynamodb.ts";
import type { Ec2BusEvent } from "./ec2/eventbridge.ts";
import { simulatedImages } from "./ec2/images.ts";
import { type BusEvent, startEvents } from "./events-server.ts";
import { functionEnv } from "./function-env.ts";
import { deployedTimeouts, type FunctionOptions, startFunctions } from "./functions.ts";
import { eventSource } from "./lambda/event-source.ts";
import { queueSource } from "./lambda/queue-source.ts";
import { scheduleSource } from "./lambda/schedule-source.ts";
import { streamSource } from "./lambda/stream-source.ts";
import { laptopAws } from "./laptop-aws.ts";
import { type LaptopEc2Options, startLaptopEc2 } from "./laptop-ec2.ts";
import { names } from "./names.ts";
import { startParameters } from "./parameters-server.ts";
import { startPricing } from "./pricing-server.ts";
import { publishedImages } from "./published-images.ts";
import { startQueues } from "./queues.ts";

export type StackOptions = Readonly<{
	/** Path of provider.yaml. */
	providerFile: string;
	ec2?: LaptopEc2Options;
	/** Instead of provider.yaml's, which isn't below a minute. */
	bootTimeoutSeconds?: number;
	/** Between two runs of the janitor; 0: only when it is called. Default: 30. */
	janitorEverySeconds?: number;
	/** How long an offering without capacity is set aside at first; absent: as deployed. */
	capacitySetAsideSeconds?: number;
	/** Before readiness first looks at a cell of a kind that nothing is known of. Default: 1. */
	firstCheckSeconds?: number;
	/** Each change of a record, in order. */
	onCell?(cell: Cell): void;
	/** Each event on the bus. */
	onEvent?(event: BusEvent): void;
}> &
	FunctionOptions;

/**
 * The whole system on loopback: SQS, DynamoDB with its stream, EC2 whose cells boot, SSM, an event bus, and
 * the functions as they are deployed, each in a process of its own.
 *
 * @throws ProvisionerError `invalid` with every fault of provider.yaml and its cloud-init file, before
 *   anything is started.
 */
export async function startStack(options: StackOptions) {
	const provider = await loadProvider(options.providerFile, checkCloudInit);
	const closers: (() => Promise<void>)[] = [];
	/** Remembers how to close it, in reverse order, also when a later start fails. */
	const kept = async <S extends { close(): Promise<void> }>(starting: Promise<S>): Promise<S> => {
		const server = await starting;
		closers.unshift(async () => server.close());
		return server;
	};
	const stop = async () => {
		const failures: unknown[] = [];
		for (const close of closers.splice(0))
			await close().catch((failure: unknown) => failures.push(failure));
		if (failures.length > 0) throw new AggregateError(failures, "the stack did not stop cleanly");
	};
	try {
		return { ...(await started(options, provider, kept, closers)), stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

async function started(
	options: StackOptions,
	provider: Awaited<ReturnType<typeof loadProvider>>,
	kept: <S extends { close(): Promise<void> }>(starting: Promise<S>) => Promise<S>,
	closers: (() => Promise<void>)[],
) {
	const timeouts = { ...deployedTimeouts, ...options.timeoutSeconds };
	const queues = await kept(
		startQueues([
			// A pod that waits its turn comes back often, and must not end as a dead letter for it.
			{ name: names.podScheduled, visibilitySeconds: 2 * timeouts.launch, maxReceives: 1000 },
			// Just above the function's time-out: that is how soon a check that was given back returns.
			{ name: names.cellChecks, visibilitySeconds: timeouts.readiness + 2, maxReceives: 1000 },
			// A deletion that is lost leaves a cell that costs money: it is tried for hours.
			{ name: names.podDeleted, visibilitySeconds: timeouts.terminate + 2, maxReceives: 1000 },
		]),
	);
	const [podScheduled, cellChecks, podDeleted] = queues.queues;
	if (podScheduled === undefined || cellChecks === undefined || podDeleted === undefined)
		throw new RangeError("three queues");

	const parameters = await kept(startParameters(publishedImages(simulatedImages)));
	const parametersUrl = parameters.endpoint;
	let toInterruptions: ReturnType<typeof eventSource> | undefined;
	const onEventBridgeEvent = (event: Ec2BusEvent) => {
		toInterruptions?.push(event);
		options.ec2?.onEventBridgeEvent?.(event);
	};
	const ec2 = await kept(
		startLaptopEc2(provider.config, { parametersUrl, ...options.ec2, onEventBridgeEvent }),
	);
	const events = await kept(startEvents((event) => options.onEvent?.(event)));
	const pricing = await kept(startPricing(packagedCatalogue(provider.config.aws.region)));
	let toReconcile: ReturnType<typeof streamSource> | undefined;
	const dynamodb = await kept(
		startDynamodb(
			[
				{ name: names.cells, key: "podUid", streamed: true, indexes: cellIndexes },
				{ name: names.images, key: "key", streamed: false },
				{ name: names.offerings, key: "key", streamed: false },
				{ name: names.credentials, key: "name", streamed: false },
				{ name: names.ledger, key: "key", streamed: false },
			],
			(change) => {
				toReconcile?.push(change);
				const cell = cellFromImage(change.after);
				if (cell !== undefined) options.onCell?.(cell);
			},
		),
	);
	await foundAuthority(parameters.endpoint);

	const endpoints = {
		sqs: queues.endpoint,
		dynamodb: dynamodb.endpoint,
		ec2: ec2.endpoint,
		ssm: parameters.endpoint,
		events: events.endpoint,
		pricing: pricing.endpoint,
	};
	const env = functionEnv({
		endpoints,
		queues: {
			podScheduled: podScheduled.url,
			deadLetters: podScheduled.deadLettersUrl,
			cellChecks: cellChecks.url,
			podDeleted: podDeleted.url,
			podDeletedDeadLetters: podDeleted.deadLettersUrl,
		},
		authority: names.authority,
		providerFile: options.providerFile,
		bootTimeoutSeconds: options.bootTimeoutSeconds ?? provider.config.cells.bootTimeoutSeconds,
		lossRules: provider.config.cells,
		capacitySetAsideSeconds: options.capacitySetAsideSeconds,
		firstCheckSeconds: options.firstCheckSeconds,
		region: provider.config.aws.region,
	});
	const functions = startFunctions(env, options);
	closers.unshift(async () => {
		await Promise.all(Object.values(functions).map(async (each) => each.stop()));
	});
	// Nobody waits for it: until it is done, launches choose from the packaged catalogue, as in AWS.
	functions.market.invoke({ source: "laptop" }).catch(() => undefined);
	// As the schedule does in AWS, from then on several times a day.
	await Promise.all([
		functions.renewal.invoke({ source: "laptop" }),
		// What it can't find, a pod's answer will tell.
		functions.images.invoke({ source: "laptop" }).catch(() => undefined),
	]);
	const stream = streamSource(functions.reconcile);
	toReconcile = stream;
	closers.unshift(stream.stop);
	const notices = eventSource(functions.interruptions);
	toInterruptions = notices;
	closers.unshift(notices.stop);
	const janitor = scheduleSource(functions.janitor, options.janitorEverySeconds ?? 30);
	closers.unshift(janitor.stop);
	const { onAwsMetric } = options;
	if (onAwsMetric !== undefined)
		closers.unshift(measureQueues(queues.sqs, queues.queues, onAwsMetric));
	closers.unshift(queueSource(queues.sqs, cellChecks, functions.readiness, 20));
	closers.unshift(queueSource(queues.sqs, podScheduled, functions.launch, 4));
	closers.unshift(queueSource(queues.sqs, podDeleted, functions.terminate, 2));

	return {
		provider,
		ec2,
		functions,
		endpoints,
		podScheduled,
		podDeleted,
		cellChecks,
		/** @throws what the janitor does. */
		runJanitor: janitor.run,
		async enqueue(body: string) {
			await queues.sqs.send(
				new SendMessageCommand({ QueueUrl: podScheduled.url, MessageBody: body }),
			);
		},
		/** At most ten, which SQS takes and hands on together. */
		async enqueueAll(bodies: readonly string[]) {
			await queues.sqs.send(
				new SendMessageBatchCommand({
					QueueUrl: podScheduled.url,
					Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
				}),
			);
		},
	};
}

/** As the first deploy does: an authority, unless there is one. */
async function foundAuthority(endpoint: string): Promise<void> {
	const ssm = new SSMClient({ ...laptopAws, endpoint });
	await ssmVault(ssm, names.authority).found(newAuthority(new Date()), AbortSignal.timeout(10_000));
	ssm.destroy();
}
