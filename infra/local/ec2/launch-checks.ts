import type { RunInstancesInput } from "./actions/run-instances-input.ts";
import { Ec2Fault, invalidCombination, invalidValue } from "./fault.ts";
import type { SimulatedImage, Tags } from "./model.ts";

/** Bytes before base64. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
const maxUserDataBytes = 16_384;

/** @throws Ec2Fault without a word of the user data: it holds keys. */
export function decodedUserData(text: string): Buffer {
	if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
		throw new Ec2Fault("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
	}
	const bytes = Buffer.from(text, "base64");
	if (bytes.length > maxUserDataBytes) {
		throw new Ec2Fault(
			"InvalidUserData.Malformed",
			`User data is limited to ${maxUserDataBytes} bytes`,
		);
	}
	return bytes;
}

export function checkCounts({ MinCount, MaxCount }: RunInstancesInput): void {
	if (MinCount < 1) throw invalidValue(`Value (${MinCount}) for parameter minCount is invalid.`);
	if (MaxCount < MinCount) {
		throw invalidCombination(
			`Maximum instance count (${MaxCount}) must not be smaller than minimum instance count (${MinCount})`,
		);
	}
}

/** Case-sensitive ASCII, at most 64 characters. */
export function checkToken({ ClientToken: token }: RunInstancesInput): void {
	if (token === undefined || /^[\x20-\x7e]{1,64}$/.test(token)) return;
	throw new Ec2Fault(
		"InvalidClientToken",
		"The client token is not valid. It must be at most 64 ASCII characters long.",
	);
}

const taggable = ["instance", "volume", "network-interface", "spot-instances-request"];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
export function checkTags({ TagSpecification }: RunInstancesInput): void {
	for (const { ResourceType, Tag } of TagSpecification) {
		if (!taggable.includes(ResourceType)) {
			throw invalidValue(
				`'${ResourceType}' is not a valid taggable resource type for this operation.`,
			);
		}
		if (Tag.length === 0) throw invalidValue("Tag specification must have at least one tag");
		const types = TagSpecification.filter((other) => other.ResourceType === ResourceType);
		if (types.length > 1) {
			throw invalidValue(`Duplicate resource type '${ResourceType}' in tag specifications`);
		}
		if (Tag.length > 50) {
			throw new Ec2Fault("TagLimitExceeded", "The maximum number of Tags for a resource is 50.");
		}
		for (const tag of Tag) checkTag(tag, Tag);
	}
}

type Tag = Readonly<{ Key: string; Value: string }>;

function checkTag({ Key, Value }: Tag, all: readonly Tag[]): void {
	if (Key === "") throw invalidValue("Tag key cannot be empty");
	if (/^aws:/i.test(Key)) {
		throw invalidValue(
			`Value ( ${Key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
		);
	}
	if ([...Key].length > 128) {
		throw invalidValue("Tag key exceeds the maximum length of 128 characters");
	}
	if ([...Value].length > 256) {
		throw invalidValue("Tag value exceeds the maximum length of 256 characters");
	}
	if (all.filter((other) => other.Key === Key).length > 1) {
		throw invalidValue(`Duplicate tag key '${Key}' specified.`);
	}
}

/** The tags that a request wants on one kind of resource. */
export const tagsFor = ({ TagSpecification }: RunInstancesInput, resourceType: string): Tags =>
	new Map(
		TagSpecification.filter(({ ResourceType }) => ResourceType === resourceType).flatMap(
			({ Tag }) => Tag.map(({ Key, Value }) => [Key, Value] as const),
		),
	);

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html */
export function checkSpot({ InstanceMarketOptions: market }: RunInstancesInput): void {
	const { SpotInstanceType, MaxPrice, InstanceInterruptionBehavior, ValidUntil } =
		market?.SpotOptions ?? {};
	if (MaxPrice !== undefined && !(Number(MaxPrice) >= 0.001)) {
		throw invalidValue(`Invalid maximum price '${MaxPrice}': it must be at least 0.001`);
	}
	const isPersistent = SpotInstanceType === "persistent";
	const isKept = (InstanceInterruptionBehavior ?? "terminate") !== "terminate";
	if (isPersistent && !isKept) {
		throw invalidCombination(
			"A persistent Spot Instance request needs the interruption behavior stop or hibernate",
		);
	}
	if (!isPersistent && isKept) {
		throw invalidCombination(
			`The interruption behavior ${InstanceInterruptionBehavior} needs a persistent Spot Instance request`,
		);
	}
	if (ValidUntil !== undefined && !isPersistent) {
		throw invalidCombination("ValidUntil is supported for persistent Spot Instance requests only");
	}
}

/** The profile as the instance will show it. */
export function instanceProfileOf(
	{ IamInstanceProfile: profile }: RunInstancesInput,
	accountId: string,
): Readonly<{ arn: string; id: string }> | undefined {
	if (profile === undefined) return undefined;
	const { Arn, Name } = profile;
	if (Arn !== undefined && Name !== undefined) {
		throw invalidCombination(
			"The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
		);
	}
	if (
		Arn !== undefined &&
		!/^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/[\w+=,.@/-]+$/.test(Arn)
	) {
		throw new Ec2Fault(
			"InvalidIamInstanceProfileArn.Malformed",
			`Value (${Arn}) for parameter iamInstanceProfile.arn is invalid. The IAM instance profile ARN is malformed`,
		);
	}
	if (Name !== undefined && !/^[\w+=,.@-]{1,128}$/.test(Name)) {
		throw invalidValue(
			`Value (${Name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
		);
	}
	const arn = Arn ?? `arn:aws:iam::${accountId}:instance-profile/${Name}`;
	return { arn, id: "AIPA0000000000000CELL" };
}

const volumeTypes = ["gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html */
export function checkVolumes(
	{ BlockDeviceMapping }: RunInstancesInput,
	image: SimulatedImage,
): void {
	for (const { DeviceName, Ebs } of BlockDeviceMapping) {
		if (DeviceName === undefined) {
			throw new Ec2Fault("MissingParameter", "The request must contain the parameter deviceName");
		}
		const root = DeviceName === image.rootDeviceName ? image.rootVolume : undefined;
		if (Ebs !== undefined) checkVolume(Ebs, root);
	}
}

type Ebs = NonNullable<RunInstancesInput["BlockDeviceMapping"][number]["Ebs"]>;

function checkVolume(volume: Ebs, root: SimulatedImage["rootVolume"]): void {
	const type = volume.VolumeType ?? root?.volumeType ?? "gp2";
	if (!volumeTypes.includes(type)) {
		throw new Ec2Fault("UnknownVolumeType", `Unsupported volume type '${type}'`);
	}
	if (volume.Iops !== undefined && !["gp3", "io1", "io2"].includes(type)) {
		throw invalidCombination(`The parameter iops is not supported for ${type} volumes`);
	}
	if (volume.Throughput !== undefined && type !== "gp3") {
		throw invalidCombination(`The parameter throughput is not supported for ${type} volumes`);
	}
	if (root !== undefined && volume.VolumeSize !== undefined && volume.VolumeSize < root.sizeGib) {
		throw new Ec2Fault(
			"InvalidBlockDeviceMapping",
			`Volume of size ${volume.VolumeSize}GB is smaller than snapshot '${root.snapshotId}', expect size >= ${root.sizeGib}GB`,
		);
	}
}
