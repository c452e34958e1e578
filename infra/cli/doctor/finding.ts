import { EC2ServiceException } from "@aws-sdk/client-ec2";
import { ProvisionerError } from "../../../shared/errors.ts";
import { lostAnswer } from "../../../shared/instances/lost-answer.ts";

export type Verdict = "ok" | "warn" | "fail" | "not checked";

/** One line of the doctor's. */
export type Finding = Readonly<{
	/** What was looked at, in a word or two. */
	check: string;
	verdict: Verdict;
	/** What there is. */
	says: string;
	/** What to do about it. */
	todo?: string;
}>;

const patienceMs = 20_000;

/** A check that can't be done is a finding as well: nothing that a check does ends the others. */
export async function guarded(
	check: string,
	look: (signal: AbortSignal) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
	try {
		return await look(AbortSignal.timeout(patienceMs));
	} catch (error) {
		return [failureOf(check, error)];
	}
}

/** What it means that a question has no answer. */
export function failureOf(check: string, error: unknown): Finding {
	if (error instanceof ProvisionerError)
		return { check, verdict: "fail", says: shortened(error.message) };
	const says = shortened(error instanceof Error ? error.message || error.name : String(error));
	const name = error instanceof Error ? error.name : "";
	if (wrongCredentials.has(name))
		return {
			check,
			verdict: "fail",
			says: `the credentials aren't accepted: ${name}: ${says}`,
			todo: "renew them, and see that they are of the account that you mean",
		};
	if (/^(UnauthorizedOperation|AccessDenied)/.test(name))
		return {
			check,
			verdict: "not checked",
			says: `your credentials may not look: ${says}`,
			todo: "allow the doctor's actions (docs/status.md), or ask somebody who may",
		};
	if (name === "InvalidAction")
		return { check, verdict: "not checked", says: `nobody here knows the question: ${says}` };
	if (lostAnswer(error) !== undefined)
		return {
			check,
			verdict: "fail",
			says: `no answer: ${says}`,
			todo: "does the stack still run, and is the network there?",
		};
	const code = error instanceof EC2ServiceException ? `${name}: ` : "";
	return { check, verdict: "not checked", says: `${code}${says}` };
}

const wrongCredentials: ReadonlySet<string> = new Set([
	"AuthFailure",
	"InvalidClientTokenId",
	"UnrecognizedClientException",
	"ExpiredToken",
	"ExpiredTokenException",
	"RequestExpired",
	"SignatureDoesNotMatch",
	"InvalidSignatureException",
]);

/** EC2 may add a long encoded message, which nobody can read. */
export const shortened = (text: string): string =>
	text.length <= 400 ? text : `${text.slice(0, 400)}…`;
