import { patience } from "../../../client/patience.ts";
import { usualDeployment } from "../../../client/usual-deployment.ts";
import { invalid } from "../../../shared/errors.ts";
import { laptopAws } from "../../local/laptop-aws.ts";
import { names } from "../../local/names.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";

/** Which deployment a command means: every command has these, and they mean the same everywhere. */
export type PlaceOptions = Readonly<{
	/** `<service>-<stage>`. */
	deployment?: string;
	/** Answers in the place of AWS, for every service: an emulator. */
	endpoint?: string;
	region?: string;
}>;

/** The options that name the same place again, each with a space before it. */
export const placeFlags = ({ deployment, endpoint, region }: PlaceOptions): string =>
	Object.entries({ deployment, endpoint, region })
		.map(([name, value]) => (value === undefined ? "" : ` --${name} ${value}`))
		.join("");

type Service = keyof StackFile["endpoints"];

/** The stack that runs in this folder, or a deployment in an account. */
export type Place = Readonly<{
	kind: "stack" | "account";
	/** Nobody has named it, and no stack runs here: there need not be one. */
	isAssumed: boolean;
	/** Names of its queues and tables begin with it. */
	deployment: string;
	/** `resource("cells")` -> `cellwright-dev-cells`. */
	resource(name: string): string;
	/** On its machines and in its metrics. */
	controllerId: string;
	/** Path of its SSM parameters. */
	authorityPrefix: string;
	/** Path of the operator's configuration that a stack runs with. */
	providerFile?: string;
	/** For people: `the stack that runs in this folder`. */
	where: string;
	/** What an AWS client is made with. Of an account, the SDK finds region and credentials where it always does. */
	client(service: Service): ClientSettings;
}>;

type ClientSettings = Readonly<{
	requestHandler: typeof patience;
	region?: string;
	endpoint?: string;
	credentials?: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
	maxAttempts?: number;
}>;

export const laptopDeployment = "cellwright";

/**
 * Where a command looks. An endpoint counts before all else; then the stack that runs in this folder, unless another
 * deployment is named (`CELLWRIGHT_DEPLOYMENT` names one as well); then the account that the credentials open.
 *
 * @throws ProvisionerError `invalid` for an endpoint that is no address.
 */
export function placeOf({ deployment, endpoint, region }: PlaceOptions): Place {
	const named = deployment ?? (process.env["CELLWRIGHT_DEPLOYMENT"] || undefined);
	const regional = region === undefined ? {} : { region };
	if (endpoint !== undefined) {
		checkEndpoint(endpoint);
		const client = () => ({
			...laptopAws,
			...regional,
			requestHandler: patience,
			endpoint,
			maxAttempts: 2,
		});
		const emulated = {
			kind: "account",
			isAssumed: false,
			where: `at ${endpoint}`,
			client,
		} as const;
		return placed(named ?? laptopDeployment, emulated);
	}
	const stack = named === undefined || named === laptopDeployment ? readStackFile() : undefined;
	if (stack !== undefined) return placed(laptopDeployment, running(stack));
	return placed(named ?? usualDeployment, {
		kind: "account",
		isAssumed: named === undefined,
		where: accountText(region),
		client: () => ({ requestHandler: patience, ...regional }),
	});
}

function checkEndpoint(endpoint: string): void {
	if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) return;
	const problem = "must be an address such as http://127.0.0.1:4566";
	throw invalid("InvalidOption", [{ path: "--endpoint", value: endpoint, problem }]);
}

/** A stack whose endpoints are known, wherever it runs. */
export const placeOfStack = (stack: RunningStack): Place =>
	placed(laptopDeployment, running(stack));

type Asked = Pick<Place, "kind" | "isAssumed" | "where" | "client" | "providerFile">;
type RunningStack = Pick<StackFile, "endpoints" | "providerFile">;

const running = ({ endpoints, providerFile }: RunningStack): Asked => ({
	kind: "stack",
	...(providerFile === undefined ? {} : { providerFile }),
	isAssumed: false,
	where: "the stack that runs in this folder",
	client(service) {
		const endpoint = endpoints[service];
		const settings = { ...laptopAws, requestHandler: patience, maxAttempts: 2 };
		return { ...settings, ...(endpoint === undefined ? {} : { endpoint }) };
	},
});

const accountText = (region: string | undefined): string => {
	const found = region ?? (process.env["AWS_REGION"] || undefined);
	const emulator = process.env["AWS_ENDPOINT_URL"];
	const account = emulator ? `${emulator} (AWS_ENDPOINT_URL)` : "your AWS account";
	return found === undefined ? account : `${account}, region ${found}`;
};

const placed = (deployment: string, asked: Asked): Place => ({
	...asked,
	deployment,
	controllerId: deployment === laptopDeployment ? names.controllerId : deployment,
	authorityPrefix: authorityPrefixOf(deployment),
	where: `${asked.where}, deployment ${deployment}`,
	resource: (name) => `${deployment}-${name}`,
});

/**
 * `/<service>/<stage>`, as serverless.yml has it. Where the name has several dashes, a service that is called as in
 * serverless.yml ends at the first one, and any other at the last.
 */
function authorityPrefixOf(deployment: string): string {
	if (deployment === laptopDeployment) return names.authority;
	const ours = `${laptopDeployment}-`;
	const dash = deployment.startsWith(ours) ? ours.length - 1 : deployment.lastIndexOf("-");
	return `/${deployment.slice(0, Math.max(dash, 0))}/${deployment.slice(dash + 1)}`;
}
