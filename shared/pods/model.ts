import * as z from "zod";
import type { Fault } from "../errors.ts";
import { Requirements } from "../offerings/model.ts";

/** Whose pod it is; enough to tell its owner something. */
export const PodIdentity = z.object({
	uid: z.string(),
	namespace: z.string(),
	name: z.string(),
});
export type PodIdentity = Readonly<z.infer<typeof PodIdentity>>;

/**
 * What a pod wants of its cell, all that is kept of a pod: no container, no environment value.
 * A cell is launched from this and provider.yaml alone, also when it is launched again.
 */
export const CellRequest = z.object({
	requirements: Requirements,
	/** Root volume in GiB that the pod needs; absent: the operator's default. */
	volumeGib: z.int().min(1).optional(),
	/** Absent: the operator's default. */
	privateAddressOnly: z.boolean().optional(),
	/** Added to the operator's. */
	securityGroupIds: z.array(z.string()),
	/** Name, or ARN where it holds a colon; absent: the operator's default. */
	instanceProfile: z.string().optional(),
	/** CIDRs routed to the cell. */
	cloudRoutes: z.array(z.string()),
	/** Seconds without a good status after which a running cell is given up; 0 or less: never. */
	healthyTimeoutSeconds: z.int().optional(),
	restartPolicy: z.enum(["Always", "OnFailure", "Never"]),
});
export type CellRequest = Readonly<z.infer<typeof CellRequest>>;

/** What a message turned out to be. */
export type ReadMessage<Message> =
	| Readonly<{ outcome: "read"; message: Message }>
	/** Wrong, but it says whose pod it is: that pod fails with these faults. */
	| Readonly<{ outcome: "invalid"; pod: PodIdentity; faults: readonly Fault[] }>
	/** Nobody can be told: it belongs in the dead-letter queue, with these faults. */
	| Readonly<{ outcome: "unreadable"; faults: readonly Fault[] }>;
