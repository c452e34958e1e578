import type { RunInstancesCommandInput, TagSpecification } from "@aws-sdk/client-ec2";
import type { LaunchRequest } from "./model.ts";

/**
 * One launch as EC2's own request: a client token, an explicit subnet, a secondary address for the pod,
 * tags in the same call, and a machine that ends itself when it is shut down from inside.
 *
 * A pure function with sorted parts: the same plan is the same request, or EC2 answers
 * IdempotentParameterMismatch.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
export const runInstancesInput = (request: LaunchRequest): RunInstancesCommandInput => ({
	ClientToken: request.clientToken,
	MinCount: 1,
	MaxCount: request.count ?? 1,
	ImageId: request.image.imageId,
	InstanceType: request.offering.instanceType as NonNullable<
		RunInstancesCommandInput["InstanceType"]
	>,
	UserData: Buffer.from(request.userData).toString("base64"),
	InstanceInitiatedShutdownBehavior: "terminate",
	NetworkInterfaces: [
		{
			DeviceIndex: 0,
			SubnetId: request.subnetId,
			SecondaryPrivateIpAddressCount: 1,
			DeleteOnTermination: true,
			...(request.securityGroupIds.length === 0 ? {} : { Groups: [...request.securityGroupIds] }),
			// Unless the cell must stay private, the subnet's own setting decides.
			...(request.privateAddressOnly ? { AssociatePublicIpAddress: false } : {}),
		},
	],
	BlockDeviceMappings: [rootVolume(request)],
	MetadataOptions: {
		HttpTokens: request.metadataTokens,
		// One hop keeps pods, which are behind a bridge, away from tokens.
		HttpPutResponseHopLimit: 1,
		HttpEndpoint: "enabled",
	},
	TagSpecifications: (["instance", "volume", "network-interface"] as const).map(
		(ResourceType): TagSpecification => ({ ResourceType, Tags: tagList(request.tags) }),
	),
	...(request.offering.cpuCredits === undefined
		? {}
		: { CreditSpecification: { CpuCredits: request.offering.cpuCredits } }),
	...(request.instanceProfile === undefined ? {} : profile(request.instanceProfile)),
	...(request.offering.capacityType === "spot"
		? {
				InstanceMarketOptions: {
					MarketType: "spot",
					SpotOptions: { SpotInstanceType: "one-time", InstanceInterruptionBehavior: "terminate" },
				},
			}
		: {}),
});

const rootVolume = ({ image: { rootDevice }, volumeGib, volumeEncryption }: LaunchRequest) => ({
	DeviceName: rootDevice.name,
	Ebs: {
		VolumeSize: volumeGib,
		VolumeType: rootDevice.volumeType as "gp2",
		DeleteOnTermination: true,
		// EC2 refuses these for types that don't have them.
		...(rootDevice.iops !== undefined && /^(gp3|io1|io2)$/.test(rootDevice.volumeType)
			? { Iops: rootDevice.iops }
			: {}),
		...(rootDevice.throughputMibps !== undefined && rootDevice.volumeType === "gp3"
			? { Throughput: rootDevice.throughputMibps }
			: {}),
		// Never false: it can't undo what image or account say, and EC2 refuses it beside an encrypted image.
		...(volumeEncryption === undefined ? {} : encryption(volumeEncryption)),
	},
});

const encryption = ({ kmsKeyId }: NonNullable<LaunchRequest["volumeEncryption"]>) => ({
	Encrypted: true,
	...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
});

const profile = (nameOrArn: string) => ({
	IamInstanceProfile: nameOrArn.includes(":") ? { Arn: nameOrArn } : { Name: nameOrArn },
});

const tagList = (tags: Readonly<Record<string, string>>) =>
	Object.entries(tags)
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([Key, Value]) => ({ Key, Value }));
