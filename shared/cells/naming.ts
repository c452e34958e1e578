import { createHash } from "node:crypto";

/**
 * The cell's own name: a DNS label that only this pod's cell has, on every redelivery the same.
 *
 * Hashed, because a uid may be any text, and 80 bits, so that no two of a billion pods share one.
 */
export const cellNameOf = (podUid: string): string =>
	`cell-${createHash("sha256").update(podUid).digest("hex").slice(0, 20)}`;

/** What the identity of replicas that one call launches is named after: a DNS label that no other call has. */
export const groupNameOf = (clientToken: string): string =>
	`group-${createHash("sha256").update(clientToken).digest("hex").slice(0, 20)}`;

/** One attempt's client token: the same for everybody who repeats it, another for everything else. 43 ASCII characters. */
export const clientTokenOf = (controllerId: string, podUid: string, attempt: number): string =>
	createHash("sha256")
		.update(JSON.stringify([controllerId, podUid, attempt]))
		.digest("base64url");
