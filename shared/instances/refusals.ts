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
		"Server.InsufficientInstanceCapacity", // the state reason of an instance that ended as it began
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
	"no-spot": ["AuthFailure.ServiceLinkedRoleCreationNotPermitted"],
	throttled: ["RequestLimitExceeded", "EC2ThrottledException", "BandwidthLimitExceeded"],
	transient: [
		"InternalError",
		"InternalFailure",
		"ServerInternal",
		"ServiceUnavailable",
		"Unavailable",
		"InsufficientAddressCapacity",
		"InsufficientVolumeCapacity",
		// Something that was made a moment ago isn't known everywhere yet.
		"InvalidInstanceID.NotFound",
		"IncorrectState",
		"IncorrectInstanceState",
		"CreditSpecificationUpdateInProgress",
		"ConcurrentTagAccess",
		"RetryableError",
		// Counts of the account that fall again when something ends.
		"ResourceLimitExceeded",
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
		"InvalidPlacementGroup.Unknown",
		"InvalidCapacityReservationId.NotFound",
		"InvalidLaunchTemplateId.NotFound",
		"InvalidLaunchTemplateId.VersionNotFound",
		"InvalidLaunchTemplateName.NotFoundException",
		"InvalidInterface.IpAddressLimitExceeded",
		"PrivateIpAddressLimitExceeded",
		"InvalidBlockDeviceMapping",
		"UnknownVolumeType",
		"InvalidTagKey.Malformed",
		"TagLimitExceeded",
		"VPCIdNotSpecified",
		"InvalidCpuCredits",
		"FilterLimitExceeded",
		// Limits of one request, and ours asks for one instance: smaller it doesn't get.
		"ResourceCountExceeded",
		"RequestResourceCountExceeded",
		"MaxTemplateLimitExceeded",
		"MaxTemplateVersionLimitExceeded",
		// Type and image don't fit: never capacity.
		"UnsupportedOperation",
	],
	"tokens-enforced": [],
} as const satisfies Record<RefusalReason, readonly string[]>;

const reasons: ReadonlyMap<string, RefusalReason> = new Map(
	RefusalReason.options.flatMap((reason) => codes[reason].map((code) => [code, reason] as const)),
);

/** Codes that stand for several things, told apart by EC2's words; with others, the code's own meaning holds. */
const told: ReadonlyMap<string, Readonly<{ words: RegExp; reason: RefusalReason }>> = new Map([
	["UnsupportedOperation", { words: /\bhttpTokensEnforced\b/i, reason: "tokens-enforced" }],
	// A profile that was made a moment ago; one that never comes is the pod's answer when its time is over.
	["InvalidParameterValue", { words: /Invalid IAM Instance Profile/i, reason: "transient" }],
]);

/** An error of EC2's: its code, its words, and the HTTP status under which it came. */
type Ec2Error = Readonly<{ code: string; message: string; httpStatus: number | undefined }>;

/**
 * What an error means; a fault of the server's (5xx) that has no code of its own is `transient`.
 *
 * @returns undefined for a code nobody has studied yet.
 */
export const refusalReason = ({
	code,
	message,
	httpStatus,
}: Ec2Error): RefusalReason | undefined => {
	const ambiguous = told.get(code);
	if (ambiguous?.words.test(message)) return ambiguous.reason;
	return (
		reasons.get(code) ?? (httpStatus !== undefined && httpStatus >= 500 ? "transient" : undefined)
	);
};
