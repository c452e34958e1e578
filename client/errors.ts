import { type FailureKind, type Fault, faultText, ProvisionerError } from "../shared/errors.ts";
import type { PodIdentity } from "./model.ts";

/**
 * - `InvalidArgument`: a function was called with what its types don't allow; `faults` has all that is wrong,
 *   nothing was sent.
 * - `InvalidManifest`: a text or an object isn't what Kubernetes takes, or no deployment could launch its pods; nothing
 *   was sent.
 * - `InvalidPod`: a pod that no deployment could launch as it is; nothing was sent.
 * - `PodsNotSent`: the queue took only some of the messages: see `sent` and `notSent`.
 * - `RecordUnreadable`: the deployment is newer than this library.
 * - `QueueUnreachable`, `TableUnreachable`: not there, not allowed, or no answer; see `cause`.
 */
export type ErrorCode =
	| "InvalidArgument"
	| "InvalidManifest"
	| "InvalidPod"
	| "PodsNotSent"
	| "QueueUnreachable"
	| "RecordUnreadable"
	| "TableUnreachable";

/** One thing that is wrong, and where. */
export type ManifestFault = Fault &
	Readonly<{
		/** The file, where one was named. */
		source?: string;
		/** From 1, where it is known. */
		line?: number;
		/** The object, such as `Deployment web`. */
		object?: string;
	}>;

/**
 * A failure that somebody understood. Its text says what was wrong, where, and what to do, and holds nothing of a pod
 * but names and what Kubernetes calls quantities: pods hold secrets.
 */
export class CellwrightError extends ProvisionerError {
	override readonly name: string = "CellwrightError";
	readonly code: ErrorCode;
	/** All of them, up to a few dozen. */
	override readonly faults: readonly ManifestFault[];
	/** Of `PodsNotSent`: these are on the queue. */
	readonly sent: readonly PodIdentity[];
	/** Of `PodsNotSent`: these may not be. To send one again with the same uid is always safe. */
	readonly notSent: readonly PodIdentity[];

	constructor(
		code: ErrorCode,
		message: string,
		options: Readonly<{
			cause?: unknown;
			faults?: readonly ManifestFault[];
			sent?: readonly PodIdentity[];
			notSent?: readonly PodIdentity[];
		}> = {},
	) {
		super(kinds[code], code, message, { cause: options.cause });
		this.code = code;
		this.faults = options.faults ?? [];
		this.sent = options.sent ?? [];
		this.notSent = options.notSent ?? [];
	}
}

const kinds = {
	InvalidArgument: "invalid",
	InvalidManifest: "invalid",
	InvalidPod: "invalid",
	PodsNotSent: "unavailable",
	QueueUnreachable: "unavailable",
	RecordUnreadable: "operator",
	TableUnreachable: "unavailable",
} as const satisfies Record<ErrorCode, FailureKind>;

/** A failure with all its faults, a line each. */
export const faulty = (
	code: "InvalidArgument" | "InvalidManifest" | "InvalidPod",
	faults: readonly ManifestFault[],
): CellwrightError =>
	new CellwrightError(code, faults.map((fault) => faultText(placed(fault))).join("\n"), { faults });

/** The fault with its whole place in its path: `pod.yaml:12: Deployment web: spec.replicas`. */
export const placed = ({ source, line, object, ...fault }: ManifestFault): Fault => {
	const at =
		line === undefined ? source : source === undefined ? `line ${line}` : `${source}:${line}`;
	const path = [at, object, fault.path].filter((part) => part !== undefined && part !== "");
	return { ...fault, path: path.join(": ") };
};

/** Why an AWS client's request has failed, in few words. */
export function whyText(cause: unknown): string {
	if (cause instanceof Error && /^(TimeoutError|AbortError)$/.test(cause.name))
		return "it gives no answer";
	// One failure of each address that was tried.
	if (cause instanceof AggregateError && cause.message === "") return whyText(cause.errors[0]);
	return cause instanceof Error ? cause.message || cause.name : String(cause);
}
