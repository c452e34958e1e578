import { RefusalReason } from "./model.ts";

/**
 * What each of EC2's error codes means for a launch. A code that isn't here is nobody's decision yet:
 * it stays an exception and is seen.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
 */
const codes = {
	"no-capacity": [
		"InsufficientInstanceCapacity", // as HTTP 500, and the SDK calls it retryable
		"InsufficientCapacity",
		"InsufficientHostCapacity",
		"InsufficientCapacityOnHost",
		"InsufficientReservedInstanceCapacity",
		"InsufficientReservedInstancesCapacity",
		"ReservationCapacityExceeded",
		"SpotMaxPriceTooLow",
		"UnfulfillableCapacity",
	],
	"not-sold-here": [
		"Unsupported",
		"UnavailableHostRequirements",
		"IncompatibleHostRequirements",
		"VolumeTypeNotAvailableInZone",
	],
	"no-addresses": ["InsufficientFreeAddressesInSubnet"],
	quota: [
		"VcpuLimitExceeded",
		"InstanceLimitExceeded",
		"MaxSpotInstanceCountExceeded",
		"MaxSpotFleetRequestCountExceeded",
		"MaxFleetCountExceeded",
	],
	throttled: ["RequestLimitExceeded", "EC2ThrottledException", "BandwidthLimitExceeded"],
	transient: [
		"InternalError",
		"InternalFailure",
		"ServerInternal",
		"ServiceUnavailable",
		"Unavailable",
		"InsufficientAddressCapacity",
		"InsufficientVolumeCapacity",
		"ConcurrentTagAccess",
		"RetryableError",
		// Counts of the account that fall again when something ends.
		"ResourceLimitExceeded",
		"ResourceCountExceeded",
		"RequestResourceCountExceeded",
		"NetworkInterfaceLimitExceeded",
		"VolumeLimitExceeded",
		"MaxIOPSLimitExceeded",
		"AddressLimitExceeded",
	],
	"token-spent": ["IdempotentParameterMismatch", "IdempotentInstanceTerminated"],
	"no-image": ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"],
	forbidden: [
		"UnauthorizedOperation",
		"AuthFailure",
		"AuthFailure.ServiceLinkedRoleCreationNotPermitted",
		"Blocked",
		"OptInRequired",
		"PendingVerification",
		"AccountDisabled",
		"OperationNotPermitted",
		"TagPolicyViolation",
		"RequestExpired",
		"InvalidClientTokenId",
		"SignatureDoesNotMatch",
		"CustomerKeyHasBeenRevoked",
	],
	"bad-request": [
		"InvalidParameter",
		"InvalidParameterValue",
		"InvalidParameterCombination",
		"InvalidParameterDependency",
		"MissingParameter",
		"UnknownParameter",
		"ValidationError",
		"InvalidClientToken",
		"InvalidUserData.Malformed",
		"InvalidSubnetID.NotFound",
		"InvalidGroup.NotFound",
		"InvalidSecurityGroupID.NotFound",
		"InvalidKeyPair.NotFound",
		"InvalidIamInstanceProfileArn.Malformed",
		"InvalidInterface.IpAddressLimitExceeded",
		"PrivateIpAddressLimitExceeded",
		"InvalidBlockDeviceMapping",
		"UnknownVolumeType",
		"InvalidTagKey.Malformed",
		"TagLimitExceeded",
		"VPCIdNotSpecified",
		"InvalidCpuCredits",
		// Type and image don't fit, or the account enforces IMDSv2: never capacity.
		"UnsupportedOperation",
	],
} as const satisfies Record<RefusalReason, readonly string[]>;

const reasons: ReadonlyMap<string, RefusalReason> = new Map(
	RefusalReason.options.flatMap((reason) => codes[reason].map((code) => [code, reason] as const)),
);

/**
 * What a code means; a fault of the server's (5xx) that has no code of its own is `transient`.
 *
 * @returns undefined for a code nobody has studied yet.
 */
export const refusalReason = (
	code: string,
	httpStatus: number | undefined,
): RefusalReason | undefined =>
	reasons.get(code) ?? (httpStatus !== undefined && httpStatus >= 500 ? "transient" : undefined);

/** Seconds for which a refusal rules its offering (or subnet, or class) out; 0: it rules nothing out. */
export const setAsideSeconds = {
	"no-capacity": 180,
	"not-sold-here": 24 * 3600,
	"no-addresses": 180,
	quota: 300,
	throttled: 0,
	transient: 0,
	"token-spent": 0,
	"no-image": 0,
	forbidden: 0,
	"bad-request": 0,
} as const satisfies Record<RefusalReason, number>;
