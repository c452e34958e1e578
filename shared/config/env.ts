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
	return z.string(says).regex(form, says);
};

const table = () => variable("a DynamoDB table's name", /^[\w.-]{3,255}$/);
const queue = () =>
	variable("an SQS queue's URL", /^https?:\/\/[^\s@]+\/\d+\/[\w-]{1,80}(\.fifo)?$/);

/** A time within bounds, both included. */
const seconds = (least: number, most: number, otherwise: number) =>
	whole("whole seconds", least, most, otherwise);

const whole = (what: string, least: number, most: number, otherwise: number) => {
	const says = { error: `Invalid: must be ${what} from ${least} to ${most}` };
	return z
		.string()
		.regex(/^\d{1,6}$/, says)
		.transform(Number)
		.refine((value) => value >= least && value <= most, says)
		.default(otherwise);
};

const flag = (otherwise: boolean) =>
	z
		.enum(["true", "false"], { error: "Invalid: must be true or false" })
		.transform((value) => value === "true")
		.default(otherwise);

const always = {
	AWS_REGION: variable("an AWS region such as us-east-1", /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/),
	/** Names this deployment: on machines, in metrics, in client tokens. */
	CONTROLLER_ID: variable(
		"1 to 63 lower-case letters, digits and dashes",
		/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
	),
	LOG_LEVEL: z
		.enum(["debug", "info", "warn", "error"], {
			error: "Invalid: must be debug, info, warn or error",
		})
		.default("info"),
};

const cellsTable = { CELLS_TABLE: table() };
const imagesTable = { IMAGES_TABLE: table() };
const offeringsTable = { OFFERINGS_TABLE: table() };
const credentialsTable = { CREDENTIALS_TABLE: table() };
const checksQueue = { CHECKS_QUEUE_URL: queue() };
const eventBus = { EVENT_BUS: variable("an event bus's name or ARN", /^[\w./:-]{1,256}$/) };
const authority = {
	AUTHORITY_PREFIX: variable("a path of SSM parameters that begins with /", /^(\/[\w.-]+)+$/),
};
/** How long a warm process may not notice a rotation, at most; whoever rotates waits for longer than that. */
export const longestAuthorityCacheSeconds = 300;
const authorityCache = {
	AUTHORITY_CACHE_SECONDS: seconds(0, longestAuthorityCacheSeconds, longestAuthorityCacheSeconds),
};
/** The queue's own URL, for messages that are given back early, and its dead letters'. */
const podScheduled = { POD_SCHEDULED_URL: queue(), POD_SCHEDULED_DLQ_URL: queue() };
const podDeleted = { POD_DELETED_URL: queue(), POD_DELETED_DLQ_URL: queue() };
/** Before readiness first looks at a new cell; SQS delays a message by 900 s at most. */
const firstCheck = { FIRST_CHECK_SECONDS: seconds(0, 900, 20) };
/** For so long a dead worker's request may still be on its way to EC2, by clocks that may differ by minutes. */
const asksLive = { ASKS_LIVE_SECONDS: seconds(35, 3_600, 480) };
const ledgerTable = { LEDGER_TABLE: table() };
/** For how long an offering without capacity is set aside at first. */
const setAside = { CAPACITY_SET_ASIDE_SECONDS: seconds(1, 1_800, 180) };
/** The deployment copies provider.yaml's `cells.bootTimeoutSeconds`: readiness reads no file. */
const deadlines = {
	BOOT_TIMEOUT_SECONDS: seconds(1, 43_200, 1_200),
	LAUNCH_TIMEOUT_SECONDS: seconds(1, 43_200, 900),
};
/** Likewise, of provider.yaml's `cells`. */
const lossRules = {
	BOOT_ATTEMPTS: whole("a whole number", 1, 10, 3),
	REPLACE_LOST: flag(true),
	LOSSES_PER_HOUR: whole("a whole number", 1, 10, 5),
	CAPACITY_TIMEOUT_SECONDS: seconds(0, 43_200, 900),
};
/** The group that the deployment makes for cells; a laptop has none. */
const cellsGroup = {
	CELLS_SECURITY_GROUP: variable("a security group's id", /^sg-[0-9a-f]{8,17}$/).optional(),
};
const provider = { PROVIDER_FILE: variable("provider.yaml's path", /\S/) };

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

export const launchEnv = reader(
	z.object({
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
);

export const readinessEnv = reader(
	z.object({
		...always,
		...cellsTable,
		...imagesTable,
		...credentialsTable,
		...deadlines,
		...lossRules,
	}),
);

export const terminateEnv = reader(z.object({ ...always, ...cellsTable, ...podDeleted }));

/** Of pod-scheduled it needs to write only: it calls launch there. */
export const reconcileEnv = reader(
	z.object({
		...always,
		...cellsTable,
		...ledgerTable,
		...eventBus,
		POD_SCHEDULED_URL: podScheduled.POD_SCHEDULED_URL,
	}),
);

export const imagesEnv = reader(z.object({ ...always, ...imagesTable, ...provider }));

export const marketEnv = reader(z.object({ ...always, ...offeringsTable }));

/** It reads the rules of losses from provider.yaml. */
export const interruptionsEnv = reader(
	z.object({ ...always, ...cellsTable, ...offeringsTable, ...setAside, ...provider }),
);

/** Its messages to launch go the way of pods' own. */
export const janitorEnv = reader(
	z.object({
		...always,
		...cellsTable,
		...ledgerTable,
		...checksQueue,
		...provider,
		POD_SCHEDULED_URL: queue(),
	}),
);

export const renewalEnv = reader(z.object({ ...always, ...credentialsTable, ...authority }));

/** Whoever makes the first authority hands out its first client certificate as well. */
export const foundAuthorityEnv = renewalEnv;

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
