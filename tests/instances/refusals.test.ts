import { describe, expect, it } from "vitest";
import { RefusalReason } from "../../shared/instances/model.ts";
import { refusalReason, setAsideSeconds } from "../../shared/instances/refusals.ts";

describe("EC2's error codes", () => {
	it.each([
		{ code: "InsufficientInstanceCapacity", status: 500, reason: "no-capacity" },
		{ code: "Unsupported", status: 400, reason: "not-sold-here" },
		{ code: "InsufficientFreeAddressesInSubnet", status: 400, reason: "no-addresses" },
		{ code: "VcpuLimitExceeded", status: 400, reason: "quota" },
		{ code: "MaxSpotInstanceCountExceeded", status: 400, reason: "quota" },
		{ code: "RequestLimitExceeded", status: 503, reason: "throttled" },
		{ code: "InternalError", status: 500, reason: "transient" },
		{ code: "IdempotentParameterMismatch", status: 400, reason: "token-spent" },
		{ code: "InvalidAMIID.NotFound", status: 400, reason: "no-image" },
		{ code: "UnauthorizedOperation", status: 403, reason: "forbidden" },
		{ code: "InvalidUserData.Malformed", status: 400, reason: "bad-request" },
		{ code: "UnsupportedOperation", status: 400, reason: "bad-request" },
		{ code: "NeverSeenBefore", status: 502, reason: "transient" },
		{ code: "NeverSeenBefore", status: 400, reason: undefined },
		{ code: "NeverSeenBefore", status: undefined, reason: undefined },
	])("$code ($status) means $reason", ({ code, status, reason }) => {
		expect(refusalReason(code, status)).toBe(reason);
	});

	it("set nothing aside unless they rule something out", () => {
		const ruling = RefusalReason.options.filter((reason) => setAsideSeconds[reason] > 0);
		expect(ruling).toEqual(["no-capacity", "not-sold-here", "no-addresses", "quota"]);
	});
});
