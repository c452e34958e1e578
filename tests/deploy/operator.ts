import { copyFile, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { run } from "../proof/processes.ts";
import type { Emulator } from "./emulator.ts";

const root = resolve(import.meta.dirname, "../..");
const stage = "test";
export const stack = `cellwright-${stage}`;

/**
 * What an operator has before the first deployment: a VPC with subnets, and a clone of the project whose provider.yaml
 * names them. It is a clone by links, so that nothing else that packages the project is in its way.
 *
 * @returns path of its provider.yaml.
 */
export async function operatorsClone({ aws }: Emulator, folder: string): Promise<string> {
	for (const name of ["node_modules", "infra", "functions", "shared", "examples", "package.json"])
		await symlink(join(root, name), join(folder, name));
	await copyFile(join(root, "serverless.yml"), join(folder, "serverless.yml"));
	const ec2 = new EC2Client(aws);
	const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.64.0.0/16" }));
	const yaml = await readFile(join(root, "provider.yaml"), "utf8");
	let own = yaml
		.replace("    # vpcID: vpc-0123456789abcdef0", `    vpcID: ${Vpc?.VpcId}`)
		.replace("nametag: laptop", `nametag: ${stage}`);
	for (const [index, each] of (yaml.match(/subnet-[0-9a-f]{17}/g) ?? []).entries()) {
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
	const path = join(folder, "provider.yaml");
	await writeFile(path, own);
	return path;
}

/** The environment of somebody who may deploy, and nothing else. */
export const deployer = async ({ user }: Emulator): Promise<Readonly<Record<string, string>>> =>
	await user("deployer", join(root, "infra/aws/deployer-policy.json"));

/** `npx serverless`, as the deployer calls it in their clone. @returns what it printed. */
export const serverless =
	(env: Readonly<Record<string, string>>, clone: string, ec2Endpoint: string) =>
	async (command: string, ...args: readonly string[]): Promise<string> => {
		const { all } = await run(
			"npx",
			[
				...["--no-install", "serverless", command, ...args],
				...["--stage", stage, "--param", `ec2Endpoint=${ec2Endpoint}`],
			],
			{ ...env, CI: "true", SLS_NOTIFICATIONS_MODE: "off" },
			120_000,
			clone,
		);
		return all;
	};
