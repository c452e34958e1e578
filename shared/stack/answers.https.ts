import { ProvisionerError } from "../errors.ts";
import type { StackAnswers } from "./model.ts";

/**
 * Puts the answer where CloudFormation waits for it: an object in S3, by a signed address.
 *
 * @throws ProvisionerError `unavailable` with the answer's HTTP status, without the address.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export const httpsStackAnswers =
	(): StackAnswers =>
	async (request, { status, physicalId, reason }, signal) => {
		const body = JSON.stringify({
			Status: status,
			PhysicalResourceId: physicalId,
			...(reason === undefined ? {} : { Reason: reason }),
			StackId: request.StackId,
			RequestId: request.RequestId,
			LogicalResourceId: request.LogicalResourceId,
		});
		// The signature covers an empty content type.
		const headers = { "content-type": "" };
		const reply = await fetch(request.ResponseURL, { method: "PUT", headers, body, signal });
		if (!reply.ok)
			throw new ProvisionerError(
				"unavailable",
				"AnswerNotTaken",
				`CloudFormation's address took no answer (HTTP ${reply.status}); it waits until its time-out`,
			);
	};
