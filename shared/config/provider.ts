import type * as z from "zod";
import { type Fault, invalid } from "../errors.ts";
import { pathText } from "../pods/faults.ts";
import { documentOf, isSection, type Section, scalarText, valueAt, wholeText } from "./document.ts";
import { checkKeys } from "./known-keys.ts";
import { mayHoldPassword } from "./passwords.ts";
import { ProviderFile } from "./provider-file.ts";
import {
	type BootImages,
	bootImagesOf,
	type CloudInitFlavor,
	cloudInitFlavorOf,
	type MetadataTokens,
	metadataTokensOf,
	ruleFaults,
	ruleWarnings,
} from "./rules.ts";
import { readYaml } from "./yaml.ts";

/** The operator's settings, ready to use: every default applied, every unit in the name. */
export type ProviderConfig = Readonly<{
	aws: Readonly<{
		region: string;
		/** `default`: the account's default VPC. */
		vpcId: string | undefined;
		/** At least one, in the file's order. */
		subnetIds: readonly string[];
	}>;
	cells: Readonly<{
		bootImages: BootImages;
		defaultInstanceType: string;
		defaultVolumeGib: number;
		/** `default`: as the image and the account say. */
		volumeEncryption: "default" | "on";
		/** Absent: the account's EBS key. */
		volumeKmsKeyId: string | undefined;
		/** As written; relative to provider.yaml's folder. */
		cloudInitFile: string | undefined;
		cloudInitFlavor: CloudInitFlavor;
		/** Whether cells find their files in SSM parameters, not in their user data. */
		useCloudParameterStore: boolean;
		/** `optional`: a cell's metadata service also answers IMDSv1. */
		metadataTokens: MetadataTokens;
		itzoVersion: string | undefined;
		itzoUrl: string | undefined;
		cellConfig: Readonly<Record<string, string>>;
		extraCidrs: readonly string[];
		/** Ids, added to the cells' own group and the pod's. */
		extraSecurityGroups: readonly string[];
		/** At most 24 characters. */
		nametag: string;
		privateIpOnly: boolean;
		/** Name, or ARN where it holds a colon. */
		defaultInstanceProfile: string | undefined;
		sizing: "limits" | "requests";
		vmMemoryOverheadPercent: number;
		agentMemoryMib: number;
		burstable: "allow" | "exclude";
		/** For pods that name none. */
		podArchitecture: "amd64" | "arm64" | "any";
		acceleratorsForPlainPods: boolean;
		spot: Readonly<{
			/** Absent: the on-demand price is the limit. */
			maxHourlyUsd: number | undefined;
			fallback: "on-demand" | "none";
		}>;
		bootTimeoutSeconds: number;
		capacityTimeoutSeconds: number;
		certificateLifetimeSeconds: number;
		/** After its boot a cell ends itself, whoever still cares; absent: never. */
		maxLifetimeSeconds: number | undefined;
		/** Machines in a row that never become ready, before the pod fails. */
		bootAttempts: number;
		/** Whether a pod that lost its ready cell gets another one, where its restart policy allows. */
		replaceLost: boolean;
		lossesPerHour: number;
	}>;
	/** Of all cells together; absent: none. */
	limits: Readonly<{ cells: number | undefined; hourlyUsd: number | undefined }>;
	launch: Readonly<{
		grouping: "workload" | "none";
		callBurst: number;
		callsPerSecond: number;
		instanceBurst: number;
		instancesPerSecond: number;
	}>;
	janitor: Readonly<{ maxEnded: number; secondSightingSeconds: number }>;
}>;

/** What the deployment knows and the file need not say. */
export type Deployment = Readonly<{
	/** The region of the functions; wins over the file's, as in Kip. */
	region?: string;
	/** The nametag's default. */
	controllerId?: string;
}>;

/** All that one reading of the file has shown; `config` is absent while there is any fault. */
type Inspection = Readonly<{
	config: ProviderConfig | undefined;
	/** Known even beside faults, so that the file that it names can be checked as well. */
	cloudInitFile: string | undefined;
	cloudInitFlavor: CloudInitFlavor;
	faults: readonly Fault[];
	warnings: readonly Fault[];
}>;

/**
 * provider.yaml, in Kip's format and ours.
 *
 * @param yamlText the file's text.
 * @throws ProvisionerError `invalid` `InvalidConfig` with every fault of the file.
 */
export function parseProvider(
	yamlText: string,
	deployment: Deployment = {},
): { config: ProviderConfig; warnings: readonly Fault[] } {
	const { config, faults, warnings } = inspectProvider(yamlText, deployment);
	if (config === undefined) throw invalid("InvalidConfig", faults);
	return { config, warnings };
}

/**
 * Reads the file without giving up at faults.
 *
 * @throws ProvisionerError `invalid` `InvalidConfig` when it isn't a YAML mapping.
 */
export function inspectProvider(yamlText: string, deployment: Deployment): Inspection {
	const root = readYaml(yamlText, fileName);
	if (!isSection(root)) {
		const problem = "Required: a mapping with the sections cloud and cells";
		throw invalid("InvalidConfig", [{ path: fileName, problem }]);
	}
	const file = documentOf(root);
	const parsed = ProviderFile.safeParse(file);
	const keys = checkKeys(file, ProviderFile);
	const region = deployment.region ?? parsed.data?.cloud.aws.region;
	const faults = [
		...regionFaults(file, deployment),
		...(parsed.error?.issues ?? []).flatMap((issue) => fieldFault(issue, file)),
		...ruleFaults(file),
		...keys.faults,
	];
	const isUsable = parsed.success && region !== undefined && faults.length === 0;
	return {
		config: isUsable ? configOf(parsed.data, file, region, deployment) : undefined,
		cloudInitFile: wholeText(valueAt(file, ["cells", "cloudInitFile"])),
		cloudInitFlavor: cloudInitFlavorOf(file),
		faults,
		warnings: [...keys.warnings, ...regionWarnings(file, deployment), ...ruleWarnings(file)],
	};
}

/** How faults of the whole file name it. */
const fileName = "provider.yaml";

const regionPath = ["cloud", "aws", "region"];

const regionFaults = (file: Section, { region }: Deployment): Fault[] =>
	region !== undefined || valueAt(file, regionPath) !== undefined
		? []
		: [
				{
					path: regionPath.join("."),
					problem: "Required: an AWS region such as us-east-1, here or as AWS_REGION",
				},
			];

function regionWarnings(file: Section, { region }: Deployment): Fault[] {
	const written = scalarText(valueAt(file, regionPath));
	if (region === undefined || written === undefined || written === region) return [];
	const problem = `Unsupported: has no effect: the functions run in ${region}, and so do the cells, as in Kip`;
	return [{ path: regionPath.join("."), value: written, problem }];
}

/** Unknown keys are `checkKeys`'s: it knows what was meant. */
function fieldFault({ code, path, message }: z.core.$ZodIssue, file: Section): Fault[] {
	if (code === "unrecognized_keys") return [];
	const fault = { path: pathText(path) || fileName, problem: sentence(message, path) };
	const value = scalarText(valueAt(file, path));
	return [value === undefined || mayBeSecret(path, value) ? fault : { ...fault, value }];
}

/** The launcher's settings, and addresses with a password in them. */
const mayBeSecret = (path: readonly PropertyKey[], value: string): boolean =>
	path[1] === "cellConfig" || mayHoldPassword(value);

/** A section that isn't a mapping has no message of its own. */
const sentence = (message: string, path: readonly PropertyKey[]): string =>
	/^(Required|Invalid|Unsupported): /.test(message)
		? message
		: `Invalid: must be a mapping; write the keys of ${String(path.at(-1))} below it, indented`;

const secondsPerDay = 24 * 3_600;

function configOf(
	{ cloud: { aws }, cells, limits, launch, janitor }: ProviderFile,
	file: Section,
	region: string,
	{ controllerId = "cellwright" }: Deployment,
): ProviderConfig {
	return {
		aws: {
			region,
			vpcId: aws.vpcID,
			subnetIds: aws.subnetIDs ?? (aws.subnetID === undefined ? [] : [aws.subnetID]),
		},
		cells: {
			bootImages: bootImagesOf(file),
			defaultInstanceType: cells.defaultInstanceType,
			defaultVolumeGib: cells.defaultVolumeSize,
			volumeEncryption: cells.volumeEncryption,
			volumeKmsKeyId: cells.volumeKmsKeyID,
			cloudInitFile: cells.cloudInitFile,
			cloudInitFlavor: cloudInitFlavorOf(file),
			useCloudParameterStore: cells.useCloudParameterStore,
			metadataTokens: metadataTokensOf(file),
			itzoVersion: cells.itzo.version,
			itzoUrl: cells.itzo.url,
			cellConfig: cells.cellConfig,
			extraCidrs: cells.extraCIDRs,
			extraSecurityGroups: cells.extraSecurityGroups,
			nametag: cells.nametag ?? controllerId,
			privateIpOnly: cells.privateIPOnly,
			defaultInstanceProfile: cells.defaultIAMPermissions,
			sizing: cells.sizing,
			vmMemoryOverheadPercent: cells.vmMemoryOverheadPercent,
			agentMemoryMib: cells.agentMemory,
			burstable: cells.burstable,
			podArchitecture: cells.podArchitecture,
			acceleratorsForPlainPods: cells.acceleratorsForPlainPods,
			spot: { maxHourlyUsd: cells.spot.maxPrice, fallback: cells.spot.fallback },
			bootTimeoutSeconds: cells.bootTimeoutSeconds,
			capacityTimeoutSeconds: cells.capacityTimeoutSeconds,
			certificateLifetimeSeconds: cells.certificateLifetimeDays * secondsPerDay,
			maxLifetimeSeconds: cells.maxLifetime,
			bootAttempts: cells.bootAttempts,
			replaceLost: cells.replaceLost,
			lossesPerHour: cells.lossesPerHour,
		},
		limits: { cells: limits.cells, hourlyUsd: limits.hourlyUsd },
		launch,
		janitor,
	};
}
