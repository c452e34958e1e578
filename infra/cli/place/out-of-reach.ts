import { whyText } from "../../../client/errors.ts";
import { ProvisionerError } from "../../../shared/errors.ts";
import { lostAnswer } from "../../../shared/instances/lost-answer.ts";
import type { Place } from "./place.ts";
import { isQueueMissing } from "./queue-url.ts";

/**
 * What an AWS client's failure means for who typed the command: what couldn't be had, where it was looked for, and what
 * to try next. An error that is one of ours already stays as it is.
 *
 * @param what such as `the table cellwright-dev-cells`.
 */
export function outOfReach(place: Place, what: string, cause: unknown): ProvisionerError {
	if (cause instanceof ProvisionerError && !isAuthorityMissing(cause)) return cause;
	const { reason, happened, next } = meaningOf(place, what, cause);
	return new ProvisionerError(
		"unavailable",
		reason,
		`${happened}\n  looked in: ${place.where}\n  try: ${next}`,
		{ cause },
	);
}

/** Nothing is below the path: there is no such deployment. */
const isAuthorityMissing = (cause: unknown): boolean =>
	cause instanceof ProvisionerError && cause.reason === "AuthorityMissing";

/** Whether it comes from where was looked: a service's answer, that there was none, or that nothing is there. */
export const isRemote = (cause: unknown): boolean =>
	cause instanceof Error &&
	(isAuthorityMissing(cause) ||
		"$metadata" in cause ||
		cause.name === "CredentialsProviderError" ||
		lostAnswer(cause) !== undefined);

type Meaning = Readonly<{ reason: string; happened: string; next: string }>;

function meaningOf(place: Place, what: string, cause: unknown): Meaning {
	const name = cause instanceof Error ? cause.name : "";
	const said = whyText(cause);
	if (name === "CredentialsProviderError")
		return {
			reason: "NoCredentials",
			happened: `${what}: no AWS credentials were found, and no stack runs in this folder`,
			next: "npx cellwright up, for a stack on this machine; or sign in (aws sso login), or set AWS_PROFILE",
		};
	if (said.includes("Region is missing"))
		return {
			reason: "NoRegion",
			happened: `${what}: no AWS region is set, and no stack runs in this folder`,
			next: "npx cellwright up, for a stack on this machine; or --region, or AWS_REGION",
		};
	if (isAuthorityMissing(cause)) return { ...noSuchDeployment(place), happened: said };
	if (isQueueMissing(cause) || /ResourceNotFound|ParameterNotFound/.test(name))
		return { ...noSuchDeployment(place), happened: `${what} doesn't exist` };
	if (/^(AccessDenied|UnauthorizedOperation|AuthorizationError)/.test(name))
		return {
			reason: "AccessDenied",
			happened: `${what}: these credentials may not use it (${said})`,
			next: "other credentials (AWS_PROFILE), or the permissions in docs/cli.md; npx cellwright doctor",
		};
	if (wrongCredentials.test(name))
		return {
			reason: "WrongCredentials",
			happened: `${what}: AWS doesn't accept these credentials (${name}: ${said})`,
			next: "sign in again (aws sso login), and see that AWS_PROFILE names the account that you mean",
		};
	return {
		reason: "OutOfReach",
		happened: `${what} can't be reached (${said})`,
		next:
			place.kind === "stack"
				? "npx cellwright up, if the stack has ended; its logs are in .cellwright/logs"
				: "is the network there, and are --endpoint and --region right? npx cellwright doctor",
	};
}

const noSuchDeployment = ({ deployment }: Place): Omit<Meaning, "happened"> => ({
	reason: "NoSuchDeployment",
	next: `--deployment <service>-<stage> for another deployment than ${deployment}, or --region; npx cellwright doctor`,
});

const wrongCredentials =
	/^(AuthFailure|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|ExpiredToken|RequestExpired|SignatureDoesNotMatch|InvalidSignature)/;
