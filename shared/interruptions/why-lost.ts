import type { Notice } from "../cells/model.ts";
import { type SeenInstance, stateReasonText } from "../instances/model.ts";

/** Why an instance was lost: a reason of ours, and a message that holds EC2's own words. */
type Why = Readonly<{ reason: string; message: string }>;

/** What is known of an instance that is stopping or ending, or has. */
type LostInstance = Readonly<{
	/** EC2's word for where it stands, or the last that it had. */
	state: string;
	stateReason: SeenInstance["stateReason"] | undefined;
	/** What EC2 had warned of. */
	notice: Notice | undefined;
}>;

const spotInterrupted = { reason: "SpotInterrupted", message: "EC2 took the spot instance back" };
const scheduledChange = {
	reason: "ScheduledChange",
	message: "EC2 carried out a change that it had scheduled",
};
const stopped = { reason: "InstanceStopped", message: "somebody stopped the instance" };
const ended = { reason: "InstanceEnded", message: "somebody ended the instance" };
const shutDown = {
	reason: "InstanceShutDown",
	message: "the cell shut itself down, of its own or at the end of cells.maxLifetime",
};
const failed = (cause: string): Why => ({ reason: "InstanceFailed", message: cause });

/** EC2's codes that name the cause, whatever was announced before. */
const sureCauses: ReadonlyMap<string, Why> = new Map([
	["Server.SpotInstanceTermination", spotInterrupted],
	["Server.SpotInstanceShutdown", spotInterrupted],
	["Server.ScheduledStop", scheduledChange],
	["Server.InternalError", failed("a fault of EC2's ended the instance")],
	[
		"Server.InsufficientInstanceCapacity",
		failed("EC2 accepted the instance and had no capacity for it"),
	],
	[
		"Client.InternalError",
		failed(
			"EC2 couldn't start the instance: mostly a KMS key of its root volume that is disabled or that the launching role may not use; check cells.volumeKmsKeyID, the image's own keys, and the key's policy (kms:CreateGrant, kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext, kms:ReEncrypt*)",
		),
	],
	[
		"Client.VolumeLimitExceeded",
		failed("the account's quota of EBS volumes or storage is used up: have it raised"),
	],
	[
		"Client.InvalidSnapshot.NotFound",
		failed("a snapshot of the boot image is gone, or not shared with this account"),
	],
]);

/** The rest say whose hand it was, which may have acted because of EC2's warning. */
const hands: ReadonlyMap<string, Why> = new Map([
	["Client.InstanceInitiatedShutdown", shutDown],
	["Client.UserInitiatedHibernate", stopped],
	["Client.InstanceTerminated", ended],
]);

/**
 * Why an instance of ours was lost.
 *
 * A spot warning explains what follows it, as it gives two minutes; a scheduled change, which may be weeks ahead,
 * only what EC2 gives no other reason for.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
export function whyLost({ state, stateReason, notice }: LostInstance): Why {
	const code = stateReason?.code ?? "";
	const { reason, message } = sureCauses.get(code) ?? likelyCause(state, code, notice);
	const words =
		stateReason === undefined
			? "it gave no reason"
			: stateReasonText(stateReason).slice(0, wordsKept);
	return { reason, message: `${message}. EC2 says ${state}: ${words}` };
}

function likelyCause(state: string, code: string, notice: Notice | undefined): Why {
	if (notice?.reason === "SpotInterruption") return spotInterrupted;
	const hand = hands.get(code);
	if (hand !== undefined) return hand;
	if (code !== "Client.UserInitiatedShutdown" && notice?.reason === "ScheduledChange")
		return scheduledChange;
	const isStop = state === "stopping" || state === "stopped";
	if (code === "Client.UserInitiatedShutdown") return isStop ? stopped : ended;
	return isStop
		? { ...stopped, message: "the instance was stopped" }
		: { ...ended, message: "the instance was ended" };
}

/** As much of EC2's words as a record keeps. */
const wordsKept = 500;
