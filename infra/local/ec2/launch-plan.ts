import { findImage } from "./actions/describe-images.ts";
import type { RunInstancesInput } from "./actions/run-instances-input.ts";
import { insufficientCapacity, notSoldHere } from "./capacity.ts";
import { Ec2Fault, invalidCombination, invalidValue } from "./fault.ts";
import {
	checkCounts,
	checkSpot,
	checkTags,
	checkToken,
	checkVolumes,
	decodedUserData,
	instanceProfileOf,
} from "./launch-checks.ts";
import { networkOf } from "./launch-network.ts";
import type { Market, SimulatedImage, SimulatedType, SimulatedZone } from "./model.ts";
import type { Region } from "./region.ts";

/** A request in which nothing is wrong; whether there is room is another question. */
export type LaunchPlan = Readonly<{
	input: RunInstancesInput;
	type: SimulatedType;
	image: SimulatedImage;
	market: Market;
	zone: SimulatedZone;
	/** Private addresses of one instance. */
	addresses: number;
	securityGroupIds: readonly string[];
	instanceProfile: Readonly<{ arn: string; id: string }> | undefined;
	/** Secret. */
	userData: Buffer;
}>;

/** @throws Ec2Fault for the first thing that EC2 would refuse. */
export function launchPlan(region: Region, input: RunInstancesInput): LaunchPlan {
	checkCounts(input);
	checkToken(input);
	const userData = decodedUserData(input.UserData);
	const type = region.types.get(input.InstanceType);
	if (type === undefined)
		throw invalidValue(`Invalid value '${input.InstanceType}' for InstanceType.`);
	const image = launchableImage(region, input, type);
	checkTags(input);
	checkSpot(input);
	checkVolumes(input, image);
	checkOptions(input);
	return {
		input,
		type,
		image,
		...networkOf(region, input, type),
		market: input.InstanceMarketOptions === undefined ? "on-demand" : "spot",
		instanceProfile: instanceProfileOf(input, region.accountId),
		userData,
	};
}

function launchableImage(
	region: Region,
	{ ImageId, InstanceType }: RunInstancesInput,
	{ architecture }: SimulatedType,
): SimulatedImage {
	const image = findImage(region, ImageId);
	if ((image.state ?? "available") !== "available") {
		throw new Ec2Fault(
			"InvalidAMIID.Unavailable",
			`The image ID '[${ImageId}]' is not available: its state is ${image.state}`,
		);
	}
	if (image.architecture === architecture) return image;
	throw invalidValue(
		`The architecture '${architecture}' of the specified instance type (${InstanceType}) does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
	);
}

function checkOptions({
	CreditSpecification,
	InstanceType,
	MetadataOptions,
}: RunInstancesInput): void {
	if (CreditSpecification !== undefined && !/^t\d/.test(InstanceType)) {
		throw invalidCombination(
			`The CPU credit option is not supported for the instance type ${InstanceType}`,
		);
	}
	const hops = MetadataOptions?.HttpPutResponseHopLimit ?? 1;
	if (hops < 1 || hops > 64) {
		throw invalidValue(`Value (${hops}) for HttpPutResponseHopLimit is invalid: 1 to 64`);
	}
}

/**
 * How many instances there is room for: as many as possible up to MaxCount.
 *
 * @throws Ec2Fault when that is fewer than MinCount.
 */
export function roomFor(region: Region, plan: LaunchPlan): number {
	const { MinCount, MaxCount } = plan.input;
	const byCapacity = capacityRoom(region, plan, MinCount);
	const byAddresses = Math.floor(
		(region.pools.get(plan.zone.subnetId)?.free() ?? 0) / plan.addresses,
	);
	if (byAddresses < MinCount) {
		throw new Ec2Fault(
			"InsufficientFreeAddressesInSubnet",
			`There are not enough free addresses in subnet '${plan.zone.subnetId}' to satisfy the requested number of instances.`,
		);
	}
	const byQuota = quotaRoom(region, plan);
	if (byQuota < MinCount) throw quotaExceeded(region, plan);
	return Math.min(MaxCount, byCapacity, byAddresses, byQuota);
}

function capacityRoom(
	{ zones, capacity }: Region,
	{ input: { InstanceType }, type, market, zone }: LaunchPlan,
	wanted: number,
): number {
	const selling = zones.filter(({ zoneId }) => type.zoneIds?.includes(zoneId) ?? true);
	if (!selling.includes(zone)) throw notSoldHere(InstanceType, zone, selling);
	const room = capacity.room(InstanceType, zone, market);
	if (room >= wanted) return room;
	const elsewhere = selling.filter((other) => capacity.room(InstanceType, other, market) >= wanted);
	throw insufficientCapacity(InstanceType, zone, market, elsewhere);
}

function quotaRoom(region: Region, { market, type: { vcpus = 0 } }: LaunchPlan): number {
	const quota = region.vcpuQuota[market];
	if (quota === undefined || vcpus === 0) return Number.POSITIVE_INFINITY;
	const used = [...region.instances.values()]
		.filter((other) => other.market === market && other.state !== "terminated")
		.reduce((sum, other) => sum + other.vcpus, 0);
	return Math.max(0, Math.floor((quota - used) / vcpus));
}

const quotaExceeded = ({ vcpuQuota }: Region, { market }: LaunchPlan): Ec2Fault =>
	market === "spot"
		? new Ec2Fault("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
		: new Ec2Fault(
				"VcpuLimitExceeded",
				`You have requested more vCPU capacity than your current vCPU limit of ${vcpuQuota[market]} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
			);
