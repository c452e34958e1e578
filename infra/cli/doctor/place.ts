import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { laptopAws } from "../../local/laptop-aws.ts";
import { names } from "../../local/names.ts";
import { readStackFile } from "../stack-file.ts";
import { type Finding, shortened } from "./finding.ts";

/** What the doctor looks at beside files. */
export type Place = Readonly<{
	kind: "stack" | "account";
	/** Names of its tables and queues begin with it. */
	deployment: string;
	/** On its machines. */
	controllerId: string;
	cellsTable: string;
	ec2: EC2Client;
	/** Asks once: what EC2 refuses is an answer. */
	launcher: EC2Client;
	dynamodb: DynamoDBClient;
	sqs: SQSClient;
	ssm: SSMClient;
	close(): void;
}>;

export type PlaceOptions = Readonly<{
	deployment?: string | undefined;
	table?: string | undefined;
	controllerId?: string | undefined;
}>;

/** What serverless.yml deploys unless it is told otherwise. */
const usualDeployment = "cellwright-dev";
const laptopDeployment = "cellwright";

/** The stack that runs in this folder, or the account that the credentials open, or neither. */
export async function placeOf(
	options: PlaceOptions,
	region: string,
): Promise<Readonly<{ place: Place | undefined; findings: readonly Finding[] }>> {
	const stack = readStackFile();
	if (stack === undefined) return await accountOf(options, region);
	const { dynamodb, sqs, ec2 = "", ssm = "" } = stack.endpoints;
	const at = (endpoint: string) => ({ ...laptopAws, endpoint, maxAttempts: 2 });
	return {
		place: {
			kind: "stack",
			deployment: options.deployment ?? laptopDeployment,
			controllerId: options.controllerId ?? names.controllerId,
			cellsTable: options.table ?? stack.cellsTable,
			...clients({
				ec2: new EC2Client(at(ec2)),
				launcher: new EC2Client({ ...at(ec2), maxAttempts: 1 }),
				dynamodb: new DynamoDBClient(at(dynamodb)),
				sqs: new SQSClient(at(sqs)),
				ssm: new SSMClient(at(ssm)),
			}),
		},
		findings: [
			{
				check: "account",
				verdict: "ok",
				says: `none: a stack runs in this folder, EC2 is simulated at ${ec2}`,
			},
		],
	};
}

async function accountOf(
	{ deployment: named, table, controllerId: ownId }: PlaceOptions,
	region: string,
): Promise<Readonly<{ place: Place | undefined; findings: readonly Finding[] }>> {
	const deployment = named ?? ownId ?? usualDeployment;
	const controllerId = ownId ?? deployment.slice(0, 63);
	const made = clients({
		ec2: new EC2Client({ region }),
		launcher: new EC2Client({ region, maxAttempts: 1 }),
		dynamodb: new DynamoDBClient({ region }),
		sqs: new SQSClient({ region }),
		ssm: new SSMClient({ region }),
	});
	try {
		await made.ec2.config.credentials();
	} catch (error) {
		made.close();
		const why = error instanceof Error ? error.message : String(error);
		return {
			place: undefined,
			findings: [
				{
					check: "credentials",
					verdict: "not checked",
					says: `no stack is running here and no credentials: ${shortened(why)}`,
					todo: "start a stack with `npm start`; or sign in, or set AWS_PROFILE, for an account",
				},
			],
		};
	}
	const cellsTable = table ?? `${deployment}-cells`;
	const place = { kind: "account", deployment, controllerId, cellsTable, ...made } as const;
	return { place, findings: [] };
}

type Clients = Pick<Place, "ec2" | "launcher" | "dynamodb" | "sqs" | "ssm">;

const clients = (made: Clients): Clients & Pick<Place, "close"> => ({
	...made,
	close() {
		for (const client of Object.values(made)) client.destroy();
	},
});

/** Variables by which the SDK asks somebody else than AWS. */
export function emulatorFindings(
	environment: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
	const given = Object.entries(environment)
		.filter(
			([name, value]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== undefined && value !== "",
		)
		.map(([name, value]) => `${name}=${value}`)
		.sort();
	if (given.length === 0) return [];
	return [
		{
			check: "emulator",
			verdict: "warn",
			says: `these answer in the place of AWS: ${given.join(", ")}`,
			todo: "unset them to look at the account itself",
		},
	];
}
