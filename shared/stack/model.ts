import * as z from "zod";

/**
 * What CloudFormation asks a custom resource to do.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export const StackRequest = z.object({
	RequestType: z.enum(["Create", "Update", "Delete"]),
	/** A signed address, good for this one answer: secret. */
	ResponseURL: z.url(),
	StackId: z.string(),
	RequestId: z.string(),
	LogicalResourceId: z.string(),
	/** What the creation has called it; absent while it is created. */
	PhysicalResourceId: z.string().optional(),
});
export type StackRequest = Readonly<z.infer<typeof StackRequest>>;

export type StackAnswer = Readonly<{
	status: "SUCCESS" | "FAILED";
	/** CloudFormation deletes the resource of a former name when the name changes. */
	physicalId: string;
	/** Shown to whoever deploys; no secret. */
	reason?: string;
}>;

/** Where CloudFormation waits for an answer; without one, it waits until its own deadline. */
export type StackAnswers = (
	request: StackRequest,
	answer: StackAnswer,
	signal: AbortSignal,
) => Promise<void>;
