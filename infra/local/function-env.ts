import type { LossRules } from "../../shared/cells/after-loss.ts";
import { laptopAwsEnv } from "./laptop-aws.ts";
import { laptopAuthorityCacheSeconds, names } from "./names.ts";

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
