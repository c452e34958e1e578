import * as z from "zod";
import type { Image } from "../images/model.ts";
import type { Offering } from "../offerings/model.ts";

/** A machine of ours, as EC2 describes it. */
export const Instance = z.object({
	instanceId: z.string(),
	instanceType: z.string(),
	zone: z.string(),
	/** The agent's address: the interface's primary private IPv4, `host` or `host:port`. */
	address: z.string(),
	/** The pod's address: the interface's secondary private IPv4. */
	podAddress: z.string(),
	/** ISO 8601. */
	launchedAt: z.string(),
});
export type Instance = Readonly<z.infer<typeof Instance>>;

/** What one launch asks EC2 for. Equal plans make equal requests, byte for byte. */
export type LaunchRequest = Readonly<{
	/** EC2's idempotency: at most 64 ASCII characters, counted per zone. */
	clientToken: string;
	/** Machines of this one kind; EC2 may give fewer. Absent: 1. */
	count?: number;
	offering: Pick<Offering, "instanceType" | "capacityType" | "cpuCredits">;
	subnetId: string;
	image: Image;
	volumeGib: number;
	/** Present: the root volume is encrypted, with this key or the account's own; absent: as image and account say. */
	volumeEncryption?: Readonly<{ kmsKeyId?: string }>;
	/** Whether the metadata service asks for a token (IMDSv2); `optional` for images whose cloud-init knows none. */
	metadataTokens: "required" | "optional";
	securityGroupIds: readonly string[];
	/** Name, or ARN where it holds a colon. */
	instanceProfile?: string;
	/** True: no public address; false: as the subnet's own setting says. */
	privateAddressOnly: boolean;
	/** Cloud-init user data as bytes, before base64. Secret. */
	userData: Uint8Array;
	/** On the instance, its volume and its interface. */
	tags: Readonly<Record<string, string>>;
}>;

/** Why EC2 said no, by what it rules out. */
export const RefusalReason = z.enum([
	/** This offering has no capacity now. */
	"no-capacity",
	/** This type isn't sold in this zone. */
	"not-sold-here",
	/** The subnet has no free addresses. */
	"no-addresses",
	/** A vCPU or instance quota: of the market for spot, of the class for on-demand. */
	"quota",
	/** The account can't buy spot at all: the role that EC2 needs for it is missing. */
	"no-spot",
	/** Request rate: nothing is ruled out, ask again later. */
	"throttled",
	/** EC2's own passing fault, or no answer: the same request again; the instance may exist. */
	"transient",
	/** The token belongs to another request, or to an instance that has ended. */
	"token-spent",
	/** The image is gone, or not for us. */
	"no-image",
	/** Permission or account: a human must act. */
	"forbidden",
	/** The account refuses instances that may be asked for metadata without a token (IMDSv1). */
	"tokens-enforced",
	/** The request itself is wrong. */
	"bad-request",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

export type LaunchOutcome =
	/**
	 * The machines that the token has made, each at its launch index, which is its own for ever. Absent at an
	 * index: EC2 gave fewer than it was asked for, or that one is ending or has ended, or it is among the
	 * unreadable. At least one is there.
	 */
	| Readonly<{
			outcome: "launched";
			instances: readonly (Instance | undefined)[];
			/** Of a group: made, and alive, but described without a part that every cell has. It is asked again. */
			unreadable?: readonly Readonly<{ index: number; problem: string }>[];
	  }>
	| Readonly<{
			outcome: "refused";
			reason: RefusalReason;
			/** EC2's error code; where no answer came, what became of the connection. */
			code: string;
			/** EC2's words. */
			message: string;
	  }>;

/** EC2, seen as "launch, find again, terminate". */
export type Instances = Readonly<{
	/**
	 * @throws ProvisionerError `operator` `UnknownRefusal` for a code that nobody has studied yet; anything
	 *   else that isn't EC2's answer, nor the want of one, as it came.
	 */
	launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchOutcome>;
	/** The instance that a client token has made, unless it is shutting down or gone. `index`: of a group. */
	byToken(clientToken: string, index: number, signal: AbortSignal): Promise<Instance | undefined>;
	/**
	 * Idempotent.
	 *
	 * @returns `unknown` where EC2 doesn't know the instance: any more, or, of a new one, yet.
	 */
	terminate(instanceId: string, signal: AbortSignal): Promise<"ending" | "unknown">;
}>;

/** A machine as EC2 shows it, with what ties it to a record. */
export type SeenInstance = Readonly<{
	instanceId: string;
	/** EC2's word: `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`. */
	state: string;
	/** Why it is stopping or ending, where EC2 says. */
	stateReason?: Readonly<{ code: string; message: string }>;
	clientToken: string | undefined;
	/** Its place in the request that made it. */
	launchIndex: number;
	launchedAt: Date;
	instanceType: string;
	/** From its tags: whose it is; absent where they don't say. */
	podUid: string | undefined;
}>;

/** What EC2 says of a machine that ends, once: its message mostly begins with the code. */
export const stateReasonText = ({
	code,
	message,
}: NonNullable<SeenInstance["stateReason"]>): string =>
	message.startsWith(code) ? message : `${code}: ${message}`;

/** A machine of which EC2's answer lacks something that every machine has: it is there, and that is all. */
export type UnreadableInstance = Readonly<{
	/** Absent: the answer lacks that, too. */
	instanceId: string | undefined;
	/** See `SeenInstance`. */
	podUid: string | undefined;
	/** What was wrong, for people, with none of what stood there. */
	problem: string;
}>;

export type LivingInstances = Readonly<{
	machines: readonly SeenInstance[];
	/** They live, too: nobody may take them for gone. */
	unreadable: readonly UnreadableInstance[];
}>;

/** This deployment's machines, seen as a whole. Every question names the controller's id. */
export type Fleet = Readonly<{
	/** All that live: pending, running, stopping, stopped. A new one may be missing for a while. */
	living(signal: AbortSignal): Promise<LivingInstances>;
	/**
	 * In any state; undefined where EC2 doesn't know it (yet, or any more), or it isn't ours.
	 *
	 * @throws ProvisionerError `unavailable` `IncompleteAnswer` where EC2 shows it, and the answer can't be read.
	 */
	find(instanceId: string, signal: AbortSignal): Promise<SeenInstance | undefined>;
	/** What the machine has written to its console, the latest; undefined where there is nothing yet. */
	console(instanceId: string, signal: AbortSignal): Promise<string | undefined>;
}>;
