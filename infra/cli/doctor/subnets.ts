import {
	DescribeSubnetsCommand,
	DescribeVpcsCommand,
	type EC2Client,
	type Subnet as Ec2Subnet,
} from "@aws-sdk/client-ec2";
import type { ProviderConfig } from "../../../shared/config/provider.ts";
import type { Subnet } from "../../../shared/offerings/model.ts";
import type { Finding } from "./finding.ts";

/** Of a cell: its agent's, and its pod's. */
const addressesPerCell = 2;

/** What was found of the configured subnets, for the checks that need them. */
export type FoundSubnets = Readonly<{ subnets: readonly Subnet[]; findings: readonly Finding[] }>;

/** The configured subnets by one call, in which those that don't exist are missing. */
export async function examineSubnets(
	ec2: EC2Client,
	{ aws, limits }: ProviderConfig,
	signal: AbortSignal,
): Promise<FoundSubnets> {
	// A filter, because one id that EC2 doesn't know would make it an error without the others.
	const { Subnets = [] } = await ec2.send(
		new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...aws.subnetIds] }] }),
		{ abortSignal: signal },
	);
	const described = aws.subnetIds.flatMap(
		(id) => Subnets.find(({ SubnetId }) => SubnetId === id) ?? [],
	);
	const subnets = described.flatMap(subnetOf);
	const owners = [...new Set(described.flatMap(({ OwnerId }) => OwnerId ?? []))];
	return {
		subnets,
		findings: [
			...(owners.length === 0
				? []
				: [
						{
							check: "credentials",
							verdict: "ok",
							says: `accepted; the subnets are of account ${owners.join(", ")}`,
						} as const,
					]),
			{ check: "region", verdict: "ok", says: `${aws.region}: EC2 answers` },
			existence(aws.subnetIds, subnets),
			...(subnets.length === 0 ? [] : [zones(subnets), ...addresses(subnets, limits.cells)]),
			...vpcFindings(described, aws.vpcId),
		],
	};
}

const subnetOf = ({
	SubnetId: subnetId,
	AvailabilityZone,
	AvailabilityZoneId: zoneId,
	AvailableIpAddressCount: freeAddresses = 0,
}: Ec2Subnet): Subnet[] =>
	subnetId === undefined || zoneId === undefined
		? []
		: [{ subnetId, zoneId, zone: AvailabilityZone ?? zoneId, freeAddresses }];

function existence(wanted: readonly string[], found: readonly Subnet[]): Finding {
	const check = "subnets";
	const missing = wanted.filter((id) => !found.some(({ subnetId }) => subnetId === id));
	if (missing.length === 0)
		return {
			check,
			verdict: "ok",
			says: `${wanted.length === 1 ? "it exists" : `all ${wanted.length} exist`}`,
		};
	return {
		check,
		verdict: "fail",
		says: `unknown in this region and account: ${missing.join(", ")}`,
		todo: "correct cloud.aws.subnetIDs in provider.yaml, or the region, or the account",
	};
}

function zones(subnets: readonly Subnet[]): Finding {
	const named = [
		...new Map(subnets.map(({ zoneId, zone }) => [zoneId, `${zoneId} (${zone})`])).values(),
	];
	if (named.length > 1) return { check: "zones", verdict: "ok", says: named.join(", ") };
	return {
		check: "zones",
		verdict: "warn",
		says: `one only, ${named.join()}: when a type is sold out there, its pods wait`,
		todo: "add subnets of other zones to cloud.aws.subnetIDs",
	};
}

function addresses(subnets: readonly Subnet[], mostCells: number | undefined): readonly Finding[] {
	const check = "addresses";
	const fits = ({ freeAddresses }: Subnet): number => Math.floor(freeAddresses / addressesPerCell);
	const room = subnets.reduce((sum, subnet) => sum + fits(subnet), 0);
	const full = subnets.filter((subnet) => fits(subnet) === 0).map(({ subnetId }) => subnetId);
	const each = subnets.map((subnet) => `${subnet.subnetId} ${fits(subnet)}`).join(", ");
	const todo = "free addresses there, or name more or larger subnets: a cell takes two";
	if (room === 0) return [{ check, verdict: "fail", says: `room for no cell: ${each}`, todo }];
	if (full.length > 0)
		return [
			{
				check,
				verdict: "warn",
				says: `room for ${room} more cells, none in ${full.join(", ")}`,
				todo,
			},
		];
	if (mostCells !== undefined && mostCells > room)
		return [
			{
				check,
				verdict: "warn",
				says: `room for ${room} more cells (${each}); limits.cells is ${mostCells}`,
				todo,
			},
		];
	return [{ check, verdict: "ok", says: `room for ${room} more cells: ${each}` }];
}

function vpcFindings(
	described: readonly Ec2Subnet[],
	wanted: string | undefined,
): readonly Finding[] {
	const check = "VPC";
	const ids = [...new Set(described.flatMap(({ VpcId }) => VpcId ?? []))];
	const todo = "cloud.aws.vpcID and cloud.aws.subnetIDs must name one VPC and its subnets";
	if (ids.length === 0) return [];
	if (ids.length > 1)
		return [
			{ check, verdict: "fail", says: `the subnets are of several: ${ids.join(", ")}`, todo },
		];
	// The account's default is another question.
	if (wanted === undefined || wanted === "default") return [];
	return [
		ids[0] === wanted
			? { check, verdict: "ok", says: `${wanted}, as configured` }
			: {
					check,
					verdict: "fail",
					says: `the subnets are of ${ids.join()}, configured is ${wanted}`,
					todo,
				},
	];
}

/** Where provider.yaml names no VPC, it means the account's default one. */
export async function examineDefaultVpc(
	ec2: EC2Client,
	{ aws: { subnetIds, vpcId } }: ProviderConfig,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	if (vpcId !== undefined && vpcId !== "default") return [];
	const check = "default VPC";
	const [{ Vpcs = [] }, { Subnets = [] }] = await Promise.all([
		ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }), {
			abortSignal: signal,
		}),
		ec2.send(
			new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...subnetIds] }] }),
			{ abortSignal: signal },
		),
	]);
	const theirs = [...new Set(Subnets.flatMap(({ VpcId }) => VpcId ?? []))];
	const [own] = Vpcs.flatMap(({ VpcId }) => VpcId ?? []);
	if (own !== undefined && theirs.every((id) => id === own))
		return [{ check, verdict: "ok", says: `${own}: the subnets are in it` }];
	return [
		{
			check,
			verdict: "fail",
			says: `${own ?? "the account has none"}; the subnets are of ${theirs.join(", ") || "none"}`,
			todo: "name the subnets' VPC as cloud.aws.vpcID in provider.yaml",
		},
	];
}
