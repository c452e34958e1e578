import { unknownSubnet } from "./actions/describe-subnets.ts";
import type { RunInstancesInput } from "./actions/run-instances-input.ts";
import { Ec2Fault, invalidCombination, invalidValue } from "./fault.ts";
import type { SimulatedType, SimulatedZone } from "./model.ts";
import type { Region } from "./region.ts";

/** Where a launch goes, and what it takes there. */
export type LaunchNetwork = Readonly<{
	zone: SimulatedZone;
	securityGroupIds: readonly string[];
	/** Private addresses of one instance, the primary among them. */
	addresses: number;
}>;

type Interface = RunInstancesInput["NetworkInterface"][number];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html */
export function networkOf(
	region: Region,
	input: RunInstancesInput,
	type: SimulatedType,
): LaunchNetwork {
	const [nic] = input.NetworkInterface;
	if (nic !== undefined) checkInterface(input, nic);
	if (input.PrivateIpAddress !== undefined) throw notSimulated("PrivateIpAddress");
	if (input.SecurityGroup.length > 0) {
		throw invalidCombination(
			"The parameter groupName cannot be used with the parameter subnet: name security groups by id",
		);
	}
	const addresses = 1 + (nic?.SecondaryPrivateIpAddressCount ?? 0);
	if (addresses > (type.ipv4PerInterface ?? addresses)) {
		throw new Ec2Fault(
			"PrivateIpAddressLimitExceeded",
			`Number of private addresses (${addresses}) exceeds the limit of ${type.ipv4PerInterface} for ${input.InstanceType}.`,
		);
	}
	return {
		zone: zoneOf(region, input, nic?.SubnetId ?? input.SubnetId),
		securityGroupIds: securityGroups(
			region,
			nic === undefined ? input.SecurityGroupId : nic.SecurityGroupId,
		),
		addresses,
	};
}

function checkInterface(input: RunInstancesInput, nic: Interface): void {
	if (input.SubnetId !== undefined) {
		throw invalidCombination(
			"Network interfaces and an instance-level subnet ID may not be specified on the same request",
		);
	}
	if (input.SecurityGroupId.length > 0 || input.SecurityGroup.length > 0) {
		throw invalidCombination(
			"Network interfaces and an instance-level security groups may not be specified on the same request",
		);
	}
	if (input.NetworkInterface.length > 1) throw notSimulated("NetworkInterface.2");
	if (nic.NetworkInterfaceId !== undefined) throw notSimulated("NetworkInterfaceId");
	if (nic.DeviceIndex === undefined) {
		throw new Ec2Fault(
			"MissingParameter",
			"The request must contain the parameter NetworkInterface.1.DeviceIndex",
		);
	}
	if (nic.DeviceIndex !== 0) {
		throw invalidCombination(
			nic.AssociatePublicIpAddress === undefined
				? "The primary network interface must have device index 0"
				: "The associatePublicIPAddress parameter can only be specified for the network interface with DeviceIndex 0.",
		);
	}
	checkAddresses(input, nic);
}

function checkAddresses(input: RunInstancesInput, nic: Interface): void {
	const names = nic.PrivateIpAddress !== undefined || nic.PrivateIpAddresses.length > 0;
	if (names && input.MaxCount > 1) {
		throw invalidCombination(
			"Private addresses may not be specified when launching more than one instance",
		);
	}
	const secondary = nic.SecondaryPrivateIpAddressCount;
	if (secondary !== undefined && secondary < 0) {
		throw invalidValue(`Invalid value '${secondary}' for secondaryPrivateIpAddressCount`);
	}
	if (secondary !== undefined && nic.PrivateIpAddresses.some(({ Primary }) => Primary !== true)) {
		throw invalidCombination(
			"SecondaryPrivateIpAddressCount may not be used together with secondary addresses in PrivateIpAddresses",
		);
	}
	if (names) throw notSimulated("PrivateIpAddress");
}

function zoneOf(
	region: Region,
	{ Placement }: RunInstancesInput,
	subnetId: string | undefined,
): SimulatedZone {
	if (subnetId === undefined) {
		throw new Ec2Fault("VPCIdNotSpecified", "No default VPC for this user: specify a subnet");
	}
	const zone = region.zones.find((candidate) => candidate.subnetId === subnetId);
	if (zone === undefined) throw unknownSubnet(subnetId);
	if (Placement?.AvailabilityZone !== undefined && Placement.AvailabilityZone !== zone.zone) {
		throw invalidValue(
			`The availability zone '${Placement.AvailabilityZone}' is not that of subnet '${subnetId}' (${zone.zone})`,
		);
	}
	return zone;
}

function securityGroups(region: Region, ids: readonly string[]): readonly string[] {
	const malformed = ids.find((id) => !/^sg-[0-9a-f]{8,17}$/.test(id));
	if (malformed !== undefined) {
		throw new Ec2Fault(
			"InvalidGroupId.Malformed",
			`Invalid id: "${malformed}" (expecting "sg-...")`,
		);
	}
	const unknown = ids.find((id) => region.securityGroupIds?.has(id) === false);
	if (unknown !== undefined) {
		throw new Ec2Fault("InvalidGroup.NotFound", `The security group '${unknown}' does not exist`);
	}
	return ids;
}

// EC2 could; better a clear no than an instance that isn't what was asked for.
const notSimulated = (parameter: string): Ec2Fault =>
	new Ec2Fault("UnsupportedOperation", `The simulated EC2 does not support ${parameter}`);
