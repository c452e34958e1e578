import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { census } from "../../shared/cells/census.dynamodb.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { type Conservation, conservation } from "../../shared/flows/janitor/conservation.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { names } from "../local/names.ts";
import { doctorLines } from "./doctor-view.ts";
import { outOfReachText } from "./out-of-reach.ts";
import { readStackFile } from "./stack-file.ts";

export type DoctorOptions = Readonly<{
	provider: string;
	table?: string;
	controllerId: string;
	output: "table" | "json";
}>;

const patienceMs = 60_000;

/**
 * Prints what became of every accepted pod. The exit code is 1 when a pod isn't accounted for, or a machine is
 * nobody's.
 *
 * @throws ProvisionerError `unavailable` when the table or EC2 can't be reached; `invalid` for provider.yaml.
 */
export async function doctorCommand(options: DoctorOptions): Promise<void> {
	const found = await examined(options);
	const isHealthy = found.difference === 0 && found.orphans.length === 0;
	console.log(
		options.output === "json"
			? JSON.stringify({ conservation: found }, undefined, "\t")
			: doctorLines(found).join("\n"),
	);
	if (!isHealthy) process.exitCode = 1;
}

async function examined({ provider, table, controllerId }: DoctorOptions): Promise<Conservation> {
	const { config } = await loadProvider(provider, checkCloudInit);
	const stack = readStackFile();
	const name = table ?? stack?.cellsTable ?? names.cells;
	const local = (endpoint: string | undefined) =>
		endpoint === undefined ? {} : { ...laptopAws, endpoint, maxAttempts: 2 };
	const dynamodb = new DynamoDBClient(local(stack?.endpoints.dynamodb));
	const ec2 = new EC2Client(local(stack?.endpoints.ec2));
	const now = (): Date => new Date();
	try {
		return await conservation(
			{
				census: async (signal) => await census(dynamodb, name, signal),
				cells: dynamodbCells(dynamodb, name, now),
				index: dynamodbCellIndex(dynamodb, name),
				fleet: ec2Fleet(ec2, controllerId),
				bootTimeoutSeconds: config.cells.bootTimeoutSeconds,
				now,
			},
			AbortSignal.timeout(patienceMs),
		);
	} catch (cause) {
		if (cause instanceof ProvisionerError) throw cause;
		throw new ProvisionerError(
			"unavailable",
			"TableUnreachable",
			`the table ${name}, or EC2, ${outOfReachText(stack?.endpoints.dynamodb, cause)}`,
			{ cause },
		);
	} finally {
		dynamodb.destroy();
		ec2.destroy();
	}
}
