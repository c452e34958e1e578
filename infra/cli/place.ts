import { laptopAws } from "../local/laptop-aws.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";

/** Which deployment a command means: every command has these, and they mean the same everywhere. */
export type PlaceOptions = Readonly<{
	/** `<service>-<stage>`. */
	deployment?: string;
	/** Answers in the place of AWS, for every service: an emulator. */
	endpoint?: string;
	region?: string;
}>;

type Service = keyof StackFile["endpoints"];

/** The stack that runs in this folder, or a deployment in an account. */
export type Place = Readonly<{
	kind: "stack" | "account";
	/** Names of its queues and tables begin with it. */
	deployment: string;
	/** `resource("cells")` -> `cellwright-dev-cells`. */
	resource(name: string): string;
	/** For people: `the stack that runs in this folder`. */
	where: string;
	/** What an AWS client is made with. Of an account, the SDK finds region and credentials where it always does. */
	client(service: Service): ClientSettings;
}>;

type ClientSettings = Readonly<{
	region?: string;
	endpoint?: string;
	credentials?: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
	maxAttempts?: number;
}>;

/** What serverless.yml deploys unless it is told otherwise. */
export const usualDeployment = "cellwright-dev";
export const laptopDeployment = "cellwright";

/**
 * Where a command looks. An endpoint counts before all else; then the stack that runs in this folder, unless another
 * deployment is named (`CELLWRIGHT_DEPLOYMENT` names one as well); then the account that the credentials open.
 */
export function placeOf({ deployment, endpoint, region }: PlaceOptions): Place {
	const named = deployment ?? (process.env["CELLWRIGHT_DEPLOYMENT"] || undefined);
	if (endpoint !== undefined)
		return placed("account", named ?? laptopDeployment, `at ${endpoint}`, () => ({
			...laptopAws,
			...(region === undefined ? {} : { region }),
			endpoint,
			maxAttempts: 2,
		}));
	const stack = named === undefined || named === laptopDeployment ? readStackFile() : undefined;
	if (stack === undefined)
		return placed("account", named ?? usualDeployment, accountText(region), () =>
			region === undefined ? {} : { region },
		);
	return placed("stack", laptopDeployment, "the stack that runs in this folder", (service) => {
		const local = stack.endpoints[service];
		return { ...laptopAws, maxAttempts: 2, ...(local === undefined ? {} : { endpoint: local }) };
	});
}

const accountText = (region: string | undefined): string => {
	const found = region ?? process.env["AWS_REGION"];
	return found === undefined ? "your AWS account" : `your AWS account, region ${found}`;
};

const placed = (
	kind: Place["kind"],
	deployment: string,
	where: string,
	client: Place["client"],
): Place => ({
	kind,
	deployment,
	where: `${where}, deployment ${deployment}`,
	resource: (name) => `${deployment}-${name}`,
	client,
});
