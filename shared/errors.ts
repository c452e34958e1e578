/**
 * What the caller should do about a failure, decided where the failure is understood.
 *
 * - `invalid`      this input can never succeed: tell its owner, do not retry.
 * - `unavailable`  no capacity, throttled, or a passing fault: the same request may succeed later.
 * - `conflict`     another invocation got there first: its result stands.
 * - `operator`     permission, quota or configuration: a human must act.
 */
export type FailureKind = "invalid" | "unavailable" | "conflict" | "operator";

/** One thing that is wrong with an input: where it stands, what stands there, what to do. */
export type Fault = Readonly<{
	/** Path into the input, as its author writes it: `spec.containers[0].resources.limits.cpu`. */
	path: string;
	/** The offending value as text; absent where the value is missing or secret. */
	value?: string;
	/** What is wrong and what to do about it, one sentence. */
	problem: string;
}>;

/** `path: problem (found: value)`, the form in which every fault is shown. */
export const faultText = ({ path, value, problem }: Fault): string =>
	value === undefined ? `${path}: ${problem}` : `${path}: ${problem} (found: ${value})`;

/** A failure that somebody understood: its kind says how to react, its reason names it in one CamelCase word. */
export class ProvisionerError extends Error {
	override readonly name: string = "ProvisionerError";
	readonly kind: FailureKind;
	/** CamelCase, Kubernetes style: `InvalidPod`, `NoCapacity`. Ends up in the record and in status events. */
	readonly reason: string;
	/** Every fault of an invalid input, not only the first. */
	readonly faults: readonly Fault[];
	/** `unavailable` only: when trying again makes sense. */
	readonly retryAfterSeconds: number | undefined;

	constructor(
		kind: FailureKind,
		reason: string,
		message: string,
		options: { cause?: unknown; faults?: readonly Fault[]; retryAfterSeconds?: number } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.kind = kind;
		this.reason = reason;
		this.faults = options.faults ?? [];
		this.retryAfterSeconds = options.retryAfterSeconds;
	}
}

/** Whether another invocation got there first. */
export const isConflict = (error: unknown): error is ProvisionerError =>
	error instanceof ProvisionerError && error.kind === "conflict";

/** An invalid input with all its faults; the message holds one fault per line. */
export const invalid = (reason: string, faults: readonly Fault[]): ProvisionerError =>
	new ProvisionerError("invalid", reason, faults.map(faultText).join("\n"), { faults });
