import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Emulator } from "./emulator.ts";
import { output } from "./processes.ts";

const root = resolve(import.meta.dirname, "../..");
const stage = "test";
export const stack = `cellwright-${stage}`;

/**
 * What an operator has before the first deployment: a VPC with subnets, and a provider.yaml that names them.
 *
 * @returns the file's path.
 */
export async function operatorsProvider({ aws }: Emulator, folder: string): Promise<string> {
	const ec2 = new EC2Client(aws);
	const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.64.0.0/16" }));
	const yaml = await readFile(join(root, "provider.yaml"), "utf8");
	const written = yaml.match(/subnet-[0-9a-f]{17}/g) ?? [];
	let own = yaml
		.replace("examples/cloud-init.yaml", "cloud-init.yaml")
		.replace("    # vpcID: vpc-0123456789abcdef0", `    vpcID: ${Vpc?.VpcId}`)
		.replace("nametag: laptop", `nametag: ${stage}`);
	for (const [index, each] of written.entries()) {
		const { Subnet } = await ec2.send(
			new CreateSubnetCommand({
				VpcId: Vpc?.VpcId,
				CidrBlock: `10.64.${index}.0/24`,
				AvailabilityZone: `${aws.region}${"abc"[index]}`,
			}),
		);
		own = own.replace(each, Subnet?.SubnetId ?? "");
	}
	ec2.destroy();
	await mkdir(folder, { recursive: true });
	await copyFile(join(root, "examples/cloud-init.yaml"), join(folder, "cloud-init.yaml"));
	const path = join(folder, "provider.yaml");
	await writeFile(path, own);
	return path;
}

/** `npx serverless`, as an operator calls it in the project's folder. @returns what it printed. */
export const serverless =
	({ env }: Emulator, providerFile: string, ec2Endpoint: string) =>
	async (command: string, ...args: readonly string[]): Promise<string> =>
		await output(
			"npx",
			[
				"--no-install",
				"serverless",
				command,
				...args,
				...["--stage", stage],
				...["--param", `providerFile=${providerFile}`],
				...["--param", `ec2Endpoint=${ec2Endpoint}`],
			],
			{ ...env, SLS_NOTIFICATIONS_MODE: "off", SLS_INTERACTIVE_SETUP_ENABLE: "false", NO_COLOR: "1" },
			120_000,
		);
