import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type PlaceOptions, placeOf } from "../place/place.ts";
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

/**
 * The stack that runs in this folder, or the account that the credentials open, or neither.
 *
 * @param region of provider.yaml.
 */
export async function examinedPlace(
	options: PlaceOptions & Readonly<{ controllerId?: string }>,
	region: string,
): Promise<Readonly<{ place: Place | undefined; findings: readonly Finding[] }>> {
	const place = placeOf(options);
	const { kind, deployment } = place;
	const of = (service: Parameters<typeof place.client>[0]) => ({
		region,
		...place.client(service),
	});
	const made = clients({
		ec2: new EC2Client(of("ec2")),
		launcher: new EC2Client({ ...of("ec2"), maxAttempts: 1 }),
		dynamodb: new DynamoDBClient(of("dynamodb")),
		sqs: new SQSClient(of("sqs")),
		ssm: new SSMClient(of("ssm")),
	});
	try {
		await made.ec2.config.credentials();
	} catch (error) {
		made.close();
		return { place: undefined, findings: [noCredentials(error)] };
	}
	const ec2 = place.client("ec2").endpoint ?? "nowhere";
	return {
		place: {
			kind,
			deployment,
			controllerId: options.controllerId ?? place.controllerId,
			cellsTable: place.resource("cells"),
			...made,
		},
		findings:
			kind === "account"
				? []
				: [
						{
							check: "account",
							verdict: "ok",
							says: `none: a stack runs in this folder, EC2 is simulated at ${ec2}`,
						},
					],
	};
}

const noCredentials = (error: unknown): Finding => ({
	check: "credentials",
	verdict: "not checked",
	says: `no stack is running here and no credentials: ${shortened(error instanceof Error ? error.message : String(error))}`,
	todo: "start a stack with `npx cellwright up`; or sign in, or set AWS_PROFILE, for an account",
});

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
