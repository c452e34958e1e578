import * as z from "zod";
import { common, flag, list, wholeNumber } from "../query.ts";

const NetworkInterface = z.strictObject({
	AssociatePublicIpAddress: flag.optional(),
	DeleteOnTermination: flag.optional(),
	Description: z.string().optional(),
	DeviceIndex: wholeNumber.optional(),
	InterfaceType: z.literal("interface").optional(),
	NetworkCardIndex: wholeNumber.optional(),
	NetworkInterfaceId: z.string().optional(),
	PrivateIpAddress: z.string().optional(),
	PrivateIpAddresses: list(
		z.strictObject({ Primary: flag.optional(), PrivateIpAddress: z.string().optional() }),
	),
	SecondaryPrivateIpAddressCount: wholeNumber.optional(),
	SecurityGroupId: list(z.string()),
	SubnetId: z.string().optional(),
});

const BlockDeviceMapping = z.strictObject({
	DeviceName: z.string().optional(),
	Ebs: z
		.strictObject({
			DeleteOnTermination: flag.optional(),
			Encrypted: flag.optional(),
			Iops: wholeNumber.optional(),
			KmsKeyId: z.string().optional(),
			SnapshotId: z.string().optional(),
			Throughput: wholeNumber.optional(),
			VolumeSize: wholeNumber.optional(),
			VolumeType: z.string().optional(),
		})
		.optional(),
});

const SpotOptions = z.strictObject({
	InstanceInterruptionBehavior: z.enum(["terminate", "stop", "hibernate"]).optional(),
	MaxPrice: z.string().optional(),
	SpotInstanceType: z.enum(["one-time", "persistent"]).optional(),
	ValidUntil: z.string().optional(),
});

/**
 * What RunInstances may be asked for. A parameter that the simulator doesn't know is refused, not
 * ignored: a laptop must not accept what it can't check.
 */
export const RunInstancesInput = z.strictObject({
	...common,
	BlockDeviceMapping: list(BlockDeviceMapping),
	ClientToken: z.string().optional(),
	CreditSpecification: z.strictObject({ CpuCredits: z.enum(["standard", "unlimited"]) }).optional(),
	DisableApiTermination: flag.optional(),
	EbsOptimized: flag.optional(),
	IamInstanceProfile: z
		.strictObject({ Arn: z.string().optional(), Name: z.string().optional() })
		.optional(),
	ImageId: z.string(),
	InstanceInitiatedShutdownBehavior: z.enum(["stop", "terminate"]).default("stop"),
	InstanceMarketOptions: z
		.strictObject({ MarketType: z.literal("spot"), SpotOptions: SpotOptions.optional() })
		.optional(),
	InstanceType: z.string().default("m1.small"),
	KeyName: z.string().optional(),
	MaxCount: wholeNumber,
	MetadataOptions: z
		.strictObject({
			HttpEndpoint: z.literal("enabled").optional(),
			HttpPutResponseHopLimit: wholeNumber.optional(),
			HttpTokens: z.enum(["optional", "required"]).optional(),
			InstanceMetadataTags: z.enum(["enabled", "disabled"]).optional(),
		})
		.optional(),
	MinCount: wholeNumber,
	Monitoring: z.strictObject({ Enabled: flag }).optional(),
	NetworkInterface: list(NetworkInterface),
	Placement: z
		.strictObject({
			AvailabilityZone: z.string().optional(),
			Tenancy: z.literal("default").optional(),
		})
		.optional(),
	PrivateIpAddress: z.string().optional(),
	SecurityGroup: list(z.string()),
	SecurityGroupId: list(z.string()),
	SubnetId: z.string().optional(),
	TagSpecification: list(
		z.strictObject({
			ResourceType: z.string(),
			Tag: list(z.strictObject({ Key: z.string(), Value: z.string().default("") })),
		}),
	),
	UserData: z.string().default(""),
});
export type RunInstancesInput = z.infer<typeof RunInstancesInput>;
