import { describe, expect, it } from "vitest";
import { RefusalReason } from "../../shared/instances/model.ts";
import { refusalReason } from "../../shared/instances/refusals.ts";

const reasonOf = (code: string, httpStatus?: number, message = "EC2's words") =>
	refusalReason({ code, message, httpStatus });

/** Every code that a launch may meet, by what follows from it. */
const classified = {
	"no-capacity": `InsufficientInstanceCapacity InsufficientCapacity InsufficientHostCapacity
		InsufficientCapacityOnHost UnfulfillableCapacity SpotMaxPriceTooLow InsufficientReservedInstanceCapacity
		InsufficientReservedInstancesCapacity ReservationCapacityExceeded Server.InsufficientInstanceCapacity`,
	"not-sold-here": `Unsupported UnavailableHostRequirements IncompatibleHostRequirements
		VolumeTypeNotAvailableInZone`,
	"no-addresses": "InsufficientFreeAddressesInSubnet",
	quota: `VcpuLimitExceeded InstanceLimitExceeded MaxSpotInstanceCountExceeded
		MaxSpotFleetRequestCountExceeded MaxFleetCountExceeded`,
	"no-spot": "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
	throttled: "RequestLimitExceeded EC2ThrottledException BandwidthLimitExceeded",
	transient: `InternalError InternalFailure ServerInternal ServiceUnavailable Unavailable
		InsufficientAddressCapacity InsufficientVolumeCapacity InvalidInstanceID.NotFound ConcurrentTagAccess
		IncorrectState IncorrectInstanceState CreditSpecificationUpdateInProgress RetryableError
		ResourceLimitExceeded NetworkInterfaceLimitExceeded VolumeLimitExceeded MaxIOPSLimitExceeded
		AddressLimitExceeded`,
	"token-spent": "IdempotentParameterMismatch IdempotentInstanceTerminated",
	"no-image": "InvalidAMIID.NotFound InvalidAMIID.Unavailable InvalidAMIID.Malformed",
	forbidden: `UnauthorizedOperation AuthFailure Blocked OptInRequired PendingVerification AccountDisabled
		OperationNotPermitted TagPolicyViolation RequestExpired InvalidClientTokenId SignatureDoesNotMatch
		CustomerKeyHasBeenRevoked`,
	"tokens-enforced": "",
	"bad-request": `InvalidParameter InvalidParameterValue InvalidParameterCombination
		InvalidParameterDependency MissingParameter UnknownParameter ValidationError InvalidUserData.Malformed
		InvalidSubnetID.NotFound InvalidGroup.NotFound InvalidSecurityGroupID.NotFound InvalidKeyPair.NotFound
		InvalidIamInstanceProfileArn.Malformed InvalidBlockDeviceMapping UnknownVolumeType
		InvalidTagKey.Malformed InvalidPlacementGroup.Unknown InvalidCapacityReservationId.NotFound
		InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateId.VersionNotFound
		InvalidLaunchTemplateName.NotFoundException VPCIdNotSpecified InvalidCpuCredits FilterLimitExceeded
		InvalidClientToken UnsupportedOperation ResourceCountExceeded RequestResourceCountExceeded
		PrivateIpAddressLimitExceeded InvalidInterface.IpAddressLimitExceeded MaxTemplateLimitExceeded
		MaxTemplateVersionLimitExceeded TagLimitExceeded`,
} as const satisfies Record<RefusalReason, string>;

const cases = RefusalReason.options.flatMap((reason) =>
	(classified[reason].match(/\S+/g) ?? []).map((code) => ({ reason, code })),
);

describe("EC2's error codes", () => {
	it.each(cases)("$code means $reason, whatever its HTTP status", ({ code, reason }) => {
		for (const status of [undefined, 400, 500, 503]) expect(reasonOf(code, status)).toBe(reason);
	});

	it.each([
		{ code: "NeverSeenBefore", status: 502, reason: "transient" },
		{ code: "NeverSeenBefore", status: 400, reason: undefined },
		{ code: "NeverSeenBefore", status: undefined, reason: undefined },
		// Success of a dry run, which no launch is.
		{ code: "DryRunOperation", status: 412, reason: undefined },
	])("$code with status $status means $reason", ({ code, status, reason }) => {
		expect(reasonOf(code, status)).toBe(reason);
	});
});

describe("codes that stand for several things", () => {
	it.each([
		{
			code: "UnsupportedOperation",
			message:
				"You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
			reason: "tokens-enforced",
		},
		{
			code: "UnsupportedOperation",
			message: "The architecture 'x86_64' of the specified instance type does not match",
			reason: "bad-request",
		},
		{
			code: "InvalidParameterValue",
			message:
				"Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
			reason: "transient",
		},
		{
			code: "InvalidParameterValue",
			message: "Value (x) for parameter keyName is invalid",
			reason: "bad-request",
		},
		{
			code: "VcpuLimitExceeded",
			message: "httpTokensEnforced",
			reason: "quota",
		},
	])("$code is $reason when EC2 says: $message", ({ code, message, reason }) => {
		expect(reasonOf(code, 400, message)).toBe(reason);
	});
});
