import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import type { LossRules } from "../../shared/cells/after-loss.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { cellFromImage } from "../../shared/cells/stream.dynamodb.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { cellIndexes } from "./cell-indexes.ts";
import { startDynamodb } from "./dynamodb.ts";
import type { Ec2BusEvent } from "./ec2/eventbridge.ts";
import { simulatedImages } from "./ec2/images.ts";
import { type BusEvent, startEvents } from "./events-server.ts";
import { eventSource } from "./lambda/event-source.ts";
import { type LocalFunction, localFunction } from "./lambda/function-process.ts";
import { queueSource } from "./lambda/queue-source.ts";
import { scheduleSource } from "./lambda/schedule-source.ts";
import { streamSource } from "./lambda/stream-source.ts";
import { laptopAws, laptopAwsEnv } from "./laptop-aws.ts";
import { type LaptopEc2Options, startLaptopEc2 } from "./laptop-ec2.ts";
import { laptopAuthorityCacheSeconds, names } from "./names.ts";
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
	/** Functions' time-outs, other than as deployed. A message that nobody settles returns by its function's. */
	timeoutSeconds?: Partial<Record<FunctionName, number>>;
	/** Between two runs of the janitor; 0: only when it is called. Default: 30. */
	janitorEverySeconds?: number;
	/** How long an offering without capacity is set aside at first; absent: as deployed. */
	capacitySetAsideSeconds?: number;
	/** Before readiness first looks at a cell of a kind that nothing is known of. Default: 1. */
	firstCheckSeconds?: number;
	/** Folder for the functions' logs, a file each; absent: they are dropped. */
	logFolder?: string;
	/** Each change of a record, in order. */
	onCell?(cell: Cell): void;
	/** Each event on the bus. */
	onEvent?(event: BusEvent): void;
	/** Each line of a function's log. */
	onLine?(functionName: string, line: string): void;
}>;

/** Function time-outs, in seconds; a queue's visibility time-out must not be below its function's. */
const deployedTimeouts = {
	launch: 30,
	readiness: 30,
	terminate: 30,
	reconcile: 30,
	renewal: 30,
	images: 30,
	market: 60,
	interruptions: 30,
	janitor: 60,
} as const;
type FunctionName = keyof typeof deployedTimeouts;

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
	};
}

/** The environment of every function, as a deployment sets it; each takes what it needs. */
export const functionEnv = ({
	endpoints,
	queues,
	authority,
	providerFile,
	bootTimeoutSeconds,
	lossRules,
	firstCheckSeconds = 1,
	capacitySetAsideSeconds,
	region,
}: Readonly<{
	endpoints: Readonly<Record<"sqs" | "dynamodb" | "ec2" | "ssm" | "events" | "pricing", string>>;
	queues: Readonly<
		Record<
			"podScheduled" | "deadLetters" | "cellChecks" | "podDeleted" | "podDeletedDeadLetters",
			string
		>
	>;
	authority: string;
	providerFile: string;
	bootTimeoutSeconds: number;
	/** For readiness, which reads no provider.yaml; absent: its own defaults. */
	lossRules?: LossRules;
	firstCheckSeconds?: number | undefined;
	capacitySetAsideSeconds?: number | undefined;
	region: string;
}>): Readonly<Record<string, string>> => ({
	...laptopAwsEnv,
	AWS_REGION: region,
	AWS_ENDPOINT_URL_SQS: endpoints.sqs,
	AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
	AWS_ENDPOINT_URL_EC2: endpoints.ec2,
	AWS_ENDPOINT_URL_SSM: endpoints.ssm,
	AWS_ENDPOINT_URL_PRICING: endpoints.pricing,
	AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.events,
	CELLS_TABLE: names.cells,
	IMAGES_TABLE: names.images,
	OFFERINGS_TABLE: names.offerings,
	...(capacitySetAsideSeconds === undefined
		? {}
		: { CAPACITY_SET_ASIDE_SECONDS: String(capacitySetAsideSeconds) }),
	CREDENTIALS_TABLE: names.credentials,
	LEDGER_TABLE: names.ledger,
	CHECKS_QUEUE_URL: queues.cellChecks,
	POD_SCHEDULED_URL: queues.podScheduled,
	POD_SCHEDULED_DLQ_URL: queues.deadLetters,
	POD_DELETED_URL: queues.podDeleted,
	POD_DELETED_DLQ_URL: queues.podDeletedDeadLetters,
	EVENT_BUS: names.bus,
	AUTHORITY_PREFIX: authority,
	// The laptop's parameter store costs nothing to ask, and a rotation shall be felt at once.
	AUTHORITY_CACHE_SECONDS: String(laptopAuthorityCacheSeconds),
	// All workers of a laptop have one clock: just above what the slowest may take.
	ASKS_LIVE_SECONDS: "35",
	CONTROLLER_ID: names.controllerId,
	PROVIDER_FILE: providerFile,
	FIRST_CHECK_SECONDS: String(firstCheckSeconds),
	BOOT_TIMEOUT_SECONDS: String(bootTimeoutSeconds),
	LAUNCH_TIMEOUT_SECONDS: "900",
	...(lossRules === undefined
		? {}
		: {
				BOOT_ATTEMPTS: String(lossRules.bootAttempts),
				REPLACE_LOST: String(lossRules.replaceLost),
				LOSSES_PER_HOUR: String(lossRules.lossesPerHour),
				CAPACITY_TIMEOUT_SECONDS: String(lossRules.capacityTimeoutSeconds),
			}),
});

/** As the first deploy does: an authority, unless there is one. */
async function foundAuthority(endpoint: string): Promise<void> {
	const ssm = new SSMClient({ ...laptopAws, endpoint });
	await ssmVault(ssm, names.authority).found(newAuthority(new Date()), AbortSignal.timeout(10_000));
	ssm.destroy();
}

function startFunctions(
	env: Readonly<Record<string, string>>,
	{ logFolder, onLine, timeoutSeconds }: StackOptions,
): Readonly<Record<FunctionName, LocalFunction>> {
	if (logFolder !== undefined) mkdirSync(logFolder, { recursive: true });
	const timeouts = { ...deployedTimeouts, ...timeoutSeconds };
	const started = (name: FunctionName): LocalFunction => {
		const log =
			logFolder === undefined ? undefined : createWriteStream(join(logFolder, `${name}.jsonl`));
		const entry = new URL(`../../functions/${name}/index.ts`, import.meta.url).pathname;
		return localFunction({ name, entry, env, timeoutSeconds: timeouts[name] }, (line) => {
			log?.write(`${line}\n`);
			onLine?.(name, line);
		});
	};
	return {
		launch: started("launch"),
		readiness: started("readiness"),
		terminate: started("terminate"),
		reconcile: started("reconcile"),
		renewal: started("renewal"),
		images: started("images"),
		market: started("market"),
		interruptions: started("interruptions"),
		janitor: started("janitor"),
	};
}
