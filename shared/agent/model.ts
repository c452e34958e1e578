import * as z from "zod";
import { invalid } from "../errors.ts";
import type { Credentials } from "../pki/model.ts";

/** The port on which every agent listens. */
export const agentPort = 6421;

/** The name in every cell's certificate, beside its own. */
export const agentServerName = "MilpaNode";

/** What a ping has shown. */
export type PingAnswer =
	| Readonly<{ answer: "pong" }>
	/** Nothing answers there yet: refused, reset, no route, no TLS in time. */
	| Readonly<{ answer: "silent"; detail: string }>
	/** Somebody answers who isn't the cell that was made: wrong, expired or foreign certificate. */
	| Readonly<{ answer: "impostor"; reason: ImpostorReason; detail: string }>
	/** The agent answers, but not `pong`. */
	| Readonly<{ answer: "odd"; detail: string }>;

export type ImpostorReason =
	| "CertificateNotPinned"
	| "CertificateExpired"
	| "CertificateUntrusted"
	| "CertificateNameMismatch";

/** The agent (itzo) on a cell. */
export type Agent = Readonly<{
	/**
	 * One `GET /rest/v1/ping` over mutual TLS. Never throws for what a cell does.
	 *
	 * @param address `host` or `host:port`; the port defaults to `agentPort`.
	 * @param fingerprint the only certificate that is accepted, see `CellIdentity`.
	 */
	ping(
		address: string,
		fingerprint: string,
		credentials: Credentials,
		signal: AbortSignal,
	): Promise<PingAnswer>;
}>;

/** The queue of births to watch. */
export type ReadinessChecks = Readonly<{
	/** Asks readiness to look at this attempt of the pod's cell, not before the delay is over. */
	ask(podUid: string, attempt: number, delaySeconds: number, signal: AbortSignal): Promise<void>;
}>;

/** A birth to watch, as it stands in the queue of cell checks. */
const CellCheck = z.object({
	apiVersion: z.literal("cellwright.dev/v1"),
	kind: z.literal("CellCheck"),
	podUid: z.string().min(1),
	attempt: z.int().min(1),
});
export type CellCheck = Readonly<z.infer<typeof CellCheck>>;

/** The message that asks for a check of this attempt of the pod's cell. */
export const cellCheckBody = (podUid: string, attempt: number): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "CellCheck",
		podUid,
		attempt,
	} satisfies CellCheck);

/** @throws ProvisionerError `invalid` with every fault: a message that isn't ours belongs in the dead-letter queue. */
export function readCellCheck(body: string): CellCheck {
	const read = CellCheck.safeParse(parsedJson(body));
	if (read.success) return read.data;
	throw invalid(
		"InvalidCellCheck",
		read.error.issues.map(({ path, message }) => ({
			path: path.join(".") || "(message body)",
			problem: `${message}; only launch writes to this queue`,
		})),
	);
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
