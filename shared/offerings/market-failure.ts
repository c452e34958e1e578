import { ProvisionerError } from "../errors.ts";

/** Codes of EC2 and of the Price List API that a human must act on. */
const refusals: ReadonlySet<string> = new Set([
	"UnauthorizedOperation",
	"AccessDeniedException",
	"AuthFailure",
	"OptInRequired",
	"ExpiredTokenException",
	"InvalidClientTokenId",
	"RequestExpired",
	"UnrecognizedClientException",
]);

/** Codes after which asking again may help. */
const passing: ReadonlySet<string> = new Set([
	"ExpiredNextTokenException",
	"InternalError",
	"InternalErrorException",
	"InternalFailure",
	"RequestLimitExceeded",
	"ServiceUnavailable",
	"Throttling",
	"ThrottlingException",
	"Unavailable",
]);

/**
 * An API's error as what to do about it.
 *
 * @param permission what the call needs, such as `ec2:DescribeInstanceTypes`.
 * @returns the error itself where nobody has studied its code.
 */
export function marketFailure(error: Error, permission: string): Error {
	const { name: code, message } = error;
	if (refusals.has(code))
		return new ProvisionerError(
			"operator",
			"MarketRefused",
			`AWS refuses ${permission} (${code}: ${message}): check the credentials and that permission`,
			{ cause: error },
		);
	if (passing.has(code))
		return new ProvisionerError(
			"unavailable",
			"MarketUnavailable",
			`AWS can't answer ${permission} at the moment (${code}: ${message})`,
			{ cause: error },
		);
	return error;
}
