import { normalize } from "node:path/posix";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import type { Fault } from "../../shared/errors.ts";
import { dynamodbPrefixLists } from "./prefix-lists.ts";

/** What serverless.yml's `params` and the command line say, as they stand there. */
export type Parameters = Readonly<{
	/** Route tables that get a gateway endpoint for DynamoDB, by comma; empty: there is one. */
	dynamodbRouteTables: string;
	/** DynamoDB's prefix list in the region, where infra/deploy/prefix-lists.ts doesn't know it. */
	dynamodbPrefixList: string;
	/** Roles of the instance profiles that cells may have, by comma: names, or ARNs; empty: named as the profile. */
	cellRoles: string;
	logLevel: string;
	/** Of a simulated EC2; only for emulators. */
	ec2Endpoint: string;
	/** What the framework was asked to do: only `deploy` needs what CloudFormation would miss. */
	command: string;
}>;

/** What the files of infra/aws need to know, with text ready for CloudFormation's `Fn::Sub`. */
export type DeploymentSettings = Readonly<{
	/** On machines and in metrics. */
	controllerId: string;
	region: string;
	subnetIds: readonly string[];
	/** Empty: the account's default VPC. */
	vpcId: string;
	/** Where cells may be launched. */
	subnetArns: readonly Substituted[];
	/** Never empty, because CloudFormation takes no empty list; see `passesRoles`. */
	cellRoleArns: readonly Substituted[];
	passesRoles: Flag;
	/** The customer's key of cells' volumes: its id, or `*` where it is named by alias. */
	volumeKeyArn: Substituted;
	/** Of a key named by alias. */
	volumeKeyAlias: string;
	volumeKey: "none" | "by-arn" | "by-alias";
	routeTableIds: readonly string[];
	createsEndpoint: Flag;
	prefixListId: string;
	/** Of pods, from networks outside the VPC's groups: everything but the agent's port. */
	cellsIngress: readonly object[];
	/** The functions' variables that come from provider.yaml, for those that don't read it. */
	lossRules: Readonly<Record<string, string>>;
	/** Variables of all functions. */
	environment: Readonly<Record<string, string>>;
}>;
type Substituted = Readonly<{ "Fn::Sub": string }>;
/** CloudFormation's conditions compare texts. */
type Flag = "yes" | "no";

/** The agent's port: readiness alone may reach it. */
const agentPort = 6421;

/**
 * The values of one deployment.
 *
 * @returns every fault, instead of settings, when there is one.
 */
export function deploymentSettings(
	service: string,
	stage: string,
	config: ProviderConfig,
	parameters: Parameters,
): Readonly<{ settings: DeploymentSettings }> | Readonly<{ faults: readonly Fault[] }> {
	const { aws, cells } = config;
	const routeTableIds = listed(parameters.dynamodbRouteTables);
	const prefixListId = prefixListOf(parameters, aws.region);
	const roles = cellRoles(parameters.cellRoles, cells.defaultInstanceProfile);
	const faults = [
		...parameterFaults(service, stage, aws.region, parameters),
		...providerFaults(config, routeTableIds, parameters.command),
	];
	if (faults.length > 0) return { faults };
	return {
		settings: {
			controllerId: controllerIdOf(service, stage),
			region: aws.region,
			subnetIds: aws.subnetIds,
			vpcId: vpcIdOf(config),
			subnetArns: aws.subnetIds.map((id) => ec2Arn(`subnet/${id}`)),
			cellRoleArns: (roles.length === 0 ? ["no-role"] : roles).map(roleArn),
			passesRoles: roles.length === 0 ? "no" : "yes",
			...volumeKeyOf(cells),
			routeTableIds,
			createsEndpoint: routeTableIds.length === 0 ? "no" : "yes",
			prefixListId,
			cellsIngress: cells.extraCidrs.flatMap(ingressFrom),
			lossRules: {
				BOOT_TIMEOUT_SECONDS: String(cells.bootTimeoutSeconds),
				BOOT_ATTEMPTS: String(cells.bootAttempts),
				REPLACE_LOST: String(cells.replaceLost),
				LOSSES_PER_HOUR: String(cells.lossesPerHour),
				CAPACITY_TIMEOUT_SECONDS: String(cells.capacityTimeoutSeconds),
			},
			environment: {
				CONTROLLER_ID: controllerIdOf(service, stage),
				LOG_LEVEL: parameters.logLevel,
				...(parameters.ec2Endpoint === "" ? {} : { AWS_ENDPOINT_URL_EC2: parameters.ec2Endpoint }),
			},
		},
	};
}

/** What is wrong with the parameters by themselves: found even when provider.yaml can't be read. */
export const parameterFaults = (
	service: string,
	stage: string,
	region: string,
	parameters: Parameters,
): readonly Fault[] => [
	...stageFaults(service, stage),
	...idFaults(
		"dynamodbRouteTables",
		listed(parameters.dynamodbRouteTables),
		/^rtb-[0-9a-f]{8,17}$/,
	),
	...prefixListFaults(prefixListOf(parameters, region), region),
	...idFaults("logLevel", [parameters.logLevel], /^(debug|info|warn|error)$/),
	...idFaults(
		"cellRoles",
		listed(parameters.cellRoles),
		/^(arn:[\w-]+:iam::\d{12}:role\/)?[\w+=,.@/-]{1,512}$/,
	),
];

const prefixListOf = ({ dynamodbPrefixList }: Parameters, region: string): string =>
	dynamodbPrefixList || dynamodbPrefixLists.get(region) || "";

/** What CONTROLLER_ID allows. */
const controllerIdOf = (service: string, stage: string): string =>
	`${service}-${stage}`.slice(0, 63).replace(/-+$/, "");

const listed = (text: string): readonly string[] =>
	text
		.split(",")
		.map((each) => each.trim())
		.filter((each) => each !== "");

const vpcIdOf = ({ aws: { vpcId } }: ProviderConfig): string =>
	vpcId === undefined || vpcId === "default" ? "" : vpcId;

/** What names allow: a function's has 64 characters, and `-found-authority` is the longest ending. */
function stageFaults(service: string, stage: string): Fault[] {
	const most = 64 - "-found-authority".length - service.length - 1;
	if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stage) && stage.length <= most) return [];
	const problem = `Invalid: must be 1 to ${most} lower-case letters, digits and dashes`;
	return [{ path: "--stage", value: stage, problem }];
}

function providerFaults(
	config: ProviderConfig,
	routeTableIds: readonly string[],
	command: string,
): Fault[] {
	const faults: Fault[] = [];
	if (config.aws.subnetIds.length > 16)
		faults.push({
			path: "cloud.aws.subnetIDs",
			value: `${config.aws.subnetIds.length} subnets`,
			problem: "Unsupported: a function in a VPC, as readiness is, takes at most 16",
		});
	const { cloudInitFile = "" } = config.cells;
	if (/^(\/|\.\.(\/|$))/.test(normalize(cloudInitFile)))
		faults.push({
			path: "cells.cloudInitFile",
			value: cloudInitFile,
			problem: "Unsupported: to be deployed, it must be in provider.yaml's folder or below it",
		});
	if (vpcIdOf(config) === "" && (command === "deploy" || routeTableIds.length > 0))
		faults.push({
			path: "cloud.aws.vpcID",
			problem:
				"Required: the id of the subnets' VPC, such as vpc-0123456789abcdef0, to deploy into it",
		});
	return faults;
}

const idFaults = (name: string, values: readonly string[], form: RegExp): Fault[] =>
	values
		.filter((value) => !form.test(value))
		.map((value) => ({ path: `params: ${name}`, value, problem: `Invalid: must match ${form}` }));

function prefixListFaults(id: string, region: string): Fault[] {
	const path = "params: dynamodbPrefixList";
	if (id === "")
		return [
			{
				path,
				problem: `Required: DynamoDB's prefix list in ${region}; aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.${region}.dynamodb tells it`,
			},
		];
	return idFaults("dynamodbPrefixList", [id], /^pl-[0-9a-f]{8,17}$/);
}

/** A role that is made with its profile in the console has the profile's name, and its path. */
function cellRoles(named: string, profile: string | undefined): readonly string[] {
	const roles = listed(named);
	if (roles.length > 0 || profile === undefined) return roles;
	return [profile.replace(/^arn:[\w-]+:iam::\d{12}:instance-profile\//, "")];
}

const roleArn = (nameOrArn: string): Substituted => ({
	"Fn::Sub": nameOrArn.startsWith("arn:")
		? nameOrArn
		: `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${nameOrArn}`,
});

const ec2Arn = (resource: string): Substituted => ({
	"Fn::Sub": `arn:\${AWS::Partition}:ec2:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

function volumeKeyOf({
	volumeKmsKeyId: key,
}: ProviderConfig["cells"]): Pick<
	DeploymentSettings,
	"volumeKey" | "volumeKeyArn" | "volumeKeyAlias"
> {
	const keyArn = (id: string) => ({
		"Fn::Sub": `arn:\${AWS::Partition}:kms:\${AWS::Region}:\${AWS::AccountId}:key/${id}`,
	});
	if (key === undefined)
		return { volumeKey: "none", volumeKeyArn: keyArn("none"), volumeKeyAlias: "" };
	const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1];
	if (alias !== undefined)
		return { volumeKey: "by-alias", volumeKeyArn: keyArn("*"), volumeKeyAlias: alias };
	const arn = key.startsWith("arn:") ? { "Fn::Sub": key } : keyArn(key);
	return { volumeKey: "by-arn", volumeKeyArn: arn, volumeKeyAlias: "" };
}

/** IPv4 and IPv6 are told apart by CloudFormation. */
const ingressFrom = (cidr: string): readonly object[] => {
	const from = cidr.includes(":") ? { CidrIpv6: cidr } : { CidrIp: cidr };
	return [
		{ ...from, IpProtocol: "tcp", FromPort: 0, ToPort: agentPort - 1 },
		{ ...from, IpProtocol: "tcp", FromPort: agentPort + 1, ToPort: 65_535 },
		{ ...from, IpProtocol: "udp", FromPort: 0, ToPort: 65_535 },
		{ ...from, IpProtocol: cidr.includes(":") ? "icmpv6" : "icmp", FromPort: -1, ToPort: -1 },
	];
};
