import { DescribeSubnetsCommand, type EC2Client, EC2ServiceException } from "@aws-sdk/client-ec2";
import { ProvisionerError } from "../errors.ts";
import type { Subnet, Subnets } from "./model.ts";

/** A subnet's zone never changes and its free addresses only rank; both may be this old. */
const freshMs = 60_000;

/** The operator's subnets by DescribeSubnets, remembered for a minute by the value that this returns. */
export const ec2Subnets = (
	ec2: EC2Client,
	subnetIds: readonly string[],
	now: () => Date,
): Subnets => {
	let known: { at: number; subnets: readonly Subnet[] } | undefined;
	return {
		async list(signal) {
			if (known !== undefined && now().getTime() - known.at < freshMs) return known.subnets;
			const subnets = await described(ec2, subnetIds, signal);
			known = { at: now().getTime(), subnets };
			return subnets;
		},
	};
};

const described = async (
	ec2: EC2Client,
	subnetIds: readonly string[],
	signal: AbortSignal,
): Promise<readonly Subnet[]> => {
	try {
		const { Subnets = [] } = await ec2.send(
			new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }),
			{ abortSignal: signal },
		);
		return subnetIds.flatMap((subnetId) => {
			const subnet = Subnets.find(({ SubnetId }) => SubnetId === subnetId);
			return subnet?.AvailabilityZoneId === undefined
				? []
				: {
						subnetId,
						zoneId: subnet.AvailabilityZoneId,
						zone: subnet.AvailabilityZone ?? subnet.AvailabilityZoneId,
						freeAddresses: subnet.AvailableIpAddressCount ?? 0,
					};
		});
	} catch (error) {
		if (error instanceof EC2ServiceException && error.name.startsWith("InvalidSubnetID"))
			throw new ProvisionerError(
				"operator",
				"UnknownSubnet",
				`cloud.aws.subnetIDs in provider.yaml: ${error.message}`,
				{ cause: error },
			);
		throw error;
	}
};
