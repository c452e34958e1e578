import * as z from "zod";
import { type Fault, invalid } from "../errors.ts";
import { shortened } from "../pods/faults.ts";
import { mayHoldPassword } from "./passwords.ts";

// What each function is told by its environment: one variable, one piece; one function, one schema.

type Issue = Readonly<{ input: unknown }>;

const variable = (expected: string, form: RegExp) => {
	const says = {
		error: ({ input }: Issue) =>
			`${input === undefined ? "Required" : "Invalid"}: must be ${expected}; the deployment sets it`,
	};
	return z.string(says).regex(form, says).meta({ expected });
};

const table = () => variable("a DynamoDB table's name", /^[\w.-]{3,255}$/);
const queue = () =>
	variable("an SQS queue's URL", /^https?:\/\/[^\s@]+\/\d+\/[\w-]{1,80}(\.fifo)?$/);

/** A time within bounds, both included. */
const seconds = (least: number, most: number, otherwise: number) =>
	whole("whole seconds", least, most, otherwise);

const whole = (what: string, least: number, most: number, otherwise: number) => {
	const expected = `${what} from ${least} to ${most}`;
	const says = { error: `Invalid: must be ${expected}` };
	return z
		.string()
		.regex(/^\d{1,6}$/, says)
		.transform(Number)
		.refine((value) => value >= least && value <= most, says)
		.meta({ expected })
		.default(otherwise);
};

const flag = (otherwise: boolean) =>
	z
		.enum(["true", "false"], { error: "Invalid: must be true or false" })
		.transform((value) => value === "true")
		.default(otherwise);

const always = {
	AWS_REGION: variable("an AWS region such as us-east-1", /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/).meta({
		description: "Region of the function and of the cells; Lambda sets it.",
	}),
	CONTROLLER_ID: variable(
		"1 to 63 lower-case letters, digits and dashes",
		/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
	).meta({ description: "Names this deployment: on machines, in metrics, in client tokens." }),
	LOG_LEVEL: z
		.enum(["debug", "info", "warn", "error"], {
			error: "Invalid: must be debug, info, warn or error",
		})
		.default("info")
		.meta({ description: "Lines below it aren't written; the setting `logLevel`." }),
};

const cellsTable = { CELLS_TABLE: table().meta({ description: "Records of cells." }) };
const imagesTable = { IMAGES_TABLE: table().meta({ description: "Boot images and boot times." }) };
const offeringsTable = {
	OFFERINGS_TABLE: table().meta({ description: "The catalogue, and what is set aside." }),
};
const credentialsTable = {
	CREDENTIALS_TABLE: table().meta({ description: "Readiness' client certificates." }),
};
const checksQueue = { CHECKS_QUEUE_URL: queue().meta({ description: "Cells to be looked at." }) };
const eventBus = {
	EVENT_BUS: variable("an event bus's name or ARN", /^[\w./:-]{1,256}$/).meta({
		description: "Where status events go.",
	}),
};
const authority = {
	AUTHORITY_PREFIX: variable("a path of SSM parameters that begins with /", /^(\/[\w.-]+)+$/).meta({
		description: "Where the certificate authorities are.",
	}),
};
/** How long a warm process may not notice a rotation, at most; whoever rotates waits for longer than that. */
export const longestAuthorityCacheSeconds = 300;
const authorityCache = {
	AUTHORITY_CACHE_SECONDS: seconds(
		0,
		longestAuthorityCacheSeconds,
		longestAuthorityCacheSeconds,
	).meta({ description: "How long a warm process may not notice that authorities were rotated." }),
};
const podScheduledQueue = {
	POD_SCHEDULED_URL: queue().meta({ description: "Pods that need a cell, and calls to go on." }),
};
/** The queue's own URL is for messages that are given back early. */
const podScheduled = {
	...podScheduledQueue,
	POD_SCHEDULED_DLQ_URL: queue().meta({ description: "Its dead letters." }),
};
const podDeleted = {
	POD_DELETED_URL: queue().meta({ description: "Pods that are gone." }),
	POD_DELETED_DLQ_URL: queue().meta({ description: "Its dead letters." }),
};
/** SQS delays a message by 900 s at most. */
const firstCheck = {
	FIRST_CHECK_SECONDS: seconds(0, 900, 20).meta({
		description: "Before readiness first looks at a cell of which no boot time is known.",
	}),
};
const asksLive = {
	ASKS_LIVE_SECONDS: seconds(35, 3_600, 480).meta({
		description:
			"For so long a dead worker's request may still be on its way to EC2, by clocks that may differ by minutes.",
	}),
};
const ledgerTable = {
	LEDGER_TABLE: table().meta({ description: "What all workers count together." }),
};
const setAside = {
	CAPACITY_SET_ASIDE_SECONDS: seconds(1, 1_800, 180).meta({
		description: "For how long an offering without capacity is set aside at first.",
	}),
};
/** Copies of provider.yaml's `cells`: readiness reads no file. */
const deadlines = {
	BOOT_TIMEOUT_SECONDS: seconds(1, 43_200, 1_200).meta({
		description: "Copy of `cells.bootTimeoutSeconds`.",
	}),
	LAUNCH_TIMEOUT_SECONDS: seconds(1, 43_200, 900).meta({
		description: "How long after its plan and its turn an attempt may be without EC2's yes.",
	}),
};
const lossRules = {
	BOOT_ATTEMPTS: whole("a whole number", 1, 10, 3).meta({
		description: "Copy of `cells.bootAttempts`.",
	}),
	REPLACE_LOST: flag(true).meta({ description: "Copy of `cells.replaceLost`." }),
	LOSSES_PER_HOUR: whole("a whole number", 1, 10, 5).meta({
		description: "Copy of `cells.lossesPerHour`.",
	}),
	CAPACITY_TIMEOUT_SECONDS: seconds(0, 43_200, 900).meta({
		description: "Copy of `cells.capacityTimeoutSeconds`.",
	}),
};
/** A laptop has none. */
const cellsGroup = {
	CELLS_SECURITY_GROUP: variable("a security group's id", /^sg-[0-9a-f]{8,17}$/)
		.optional()
		.meta({
			description: "The group that the deployment made for cells.",
		}),
};
const provider = {
	PROVIDER_FILE: variable("provider.yaml's path", /\S/).meta({
		description: "The operator's configuration; its cloud-init file lies beside it.",
	}),
};

/** By function: it takes what its schema names. */
export const environments = {
	launch: z.object({
		...always,
		...cellsTable,
		...imagesTable,
		...offeringsTable,
		...ledgerTable,
		...setAside,
		...asksLive,
		...checksQueue,
		...podScheduled,
		...firstCheck,
		...authority,
		...authorityCache,
		...cellsGroup,
		...provider,
	}),
	readiness: z.object({
		...always,
		...cellsTable,
		...imagesTable,
		...credentialsTable,
		...deadlines,
		...lossRules,
	}),
	terminate: z.object({ ...always, ...cellsTable, ...podDeleted }),
	/** Of pod-scheduled it needs to write only: it calls launch there. */
	reconcile: z.object({
		...always,
		...cellsTable,
		...ledgerTable,
		...eventBus,
		...podScheduledQueue,
	}),
	images: z.object({ ...always, ...imagesTable, ...provider }),
	market: z.object({ ...always, ...offeringsTable }),
	/** It reads the rules of losses from provider.yaml. */
	interruptions: z.object({
		...always,
		...cellsTable,
		...offeringsTable,
		...setAside,
		...provider,
	}),
	/** Its messages to launch go the way of pods' own. */
	janitor: z.object({
		...always,
		...cellsTable,
		...ledgerTable,
		...checksQueue,
		...podScheduledQueue,
		...provider,
	}),
	/** Whoever makes the first authority hands out its first client certificate as well: found-authority's, too. */
	renewal: z.object({ ...always, ...credentialsTable, ...authority }),
};

/** A name that someone might have filled with what it names. */
const neverShown: readonly string[] = ["AUTHORITY_PREFIX"];

/**
 * Reads one function's environment, once, at its root.
 *
 * @throws ProvisionerError `invalid` `InvalidEnvironment` with every fault.
 */
type EnvReader<Env> = (
	/** `process.env`. An empty variable counts as missing; what no schema names is nobody's business. */
	variables: Readonly<Record<string, string | undefined>>,
) => Env;

const reader =
	<Env>(schema: z.ZodType<Env>): EnvReader<Env> =>
	(variables) => {
		const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
		const parsed = schema.safeParse(given);
		if (parsed.success) return parsed.data;
		throw invalid(
			"InvalidEnvironment",
			parsed.error.issues.map(({ path, message }) => faultOf(String(path[0]), message, given)),
		);
	};

export const launchEnv = reader(environments.launch);
export const readinessEnv = reader(environments.readiness);
export const terminateEnv = reader(environments.terminate);
export const reconcileEnv = reader(environments.reconcile);
export const imagesEnv = reader(environments.images);
export const marketEnv = reader(environments.market);
export const interruptionsEnv = reader(environments.interruptions);
export const janitorEnv = reader(environments.janitor);
export const renewalEnv = reader(environments.renewal);
export const foundAuthorityEnv = reader(environments.renewal);

function faultOf(
	path: string,
	problem: string,
	given: Readonly<Record<string, string | undefined>>,
): Fault {
	const value = given[path];
	return value === undefined || neverShown.includes(path) || mayHoldPassword(value)
		? { path, problem }
		: { path, value: shortened(value), problem };
}
