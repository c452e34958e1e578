import * as z from "zod";

/** What errors of HTTP clients have in common. */
const Failure = z.object({
	name: z.string().optional(),
	/** Node's word for what became of a connection; a number on the errors of an AbortSignal. */
	code: z.unknown().optional(),
	/** The SDK's, where an answer came that it couldn't read. */
	$metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
});

/** Time-outs, one's own deadline among them. */
const names: ReadonlySet<string> = new Set(["TimeoutError", "AbortError"]);

const codes: ReadonlySet<string> = new Set([
	"ECONNRESET",
	"ECONNREFUSED",
	"ECONNABORTED",
	"EPIPE",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ENOTFOUND",
	"EAI_AGAIN",
]);

/**
 * Whether a request ended without an answer that could be understood, so that nobody knows what it has done.
 *
 * @returns a word for how it ended; undefined for any other failure, such as one of our own code.
 */
export const lostAnswer = (error: unknown): string | undefined => {
	const { data } = Failure.safeParse(error);
	if (data === undefined) return undefined;
	if (typeof data.code === "string" && codes.has(data.code)) return data.code;
	if (data.name !== undefined && names.has(data.name)) return data.name;
	// A proxy's page, or an answer that was cut off. Below 500 a page says no, and somebody must read it.
	const status = data.$metadata?.httpStatusCode;
	return status !== undefined && (status < 300 || status >= 500) ? "UnreadableAnswer" : undefined;
};
