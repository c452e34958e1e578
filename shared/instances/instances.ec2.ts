import {
	DescribeInstancesCommand,
	type EC2Client,
	EC2ServiceException,
	type Instance as Ec2Instance,
	RunInstancesCommand,
	type StateReason,
	TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { ProvisionerError } from "../errors.ts";
import { livingStates } from "./living-states.ts";
import { lostAnswer } from "./lost-answer.ts";
import { Instance, type Instances, type LaunchOutcome } from "./model.ts";
import { refusalReason } from "./refusals.ts";
import { runInstancesInput } from "./run-instances.ec2.ts";

const endingStates: ReadonlySet<string> = new Set(["shutting-down", "terminated"]);

/** As EC2 itself answers a little later. */
const spentToken: LaunchOutcome = {
	outcome: "refused",
	reason: "token-spent",
	code: "IdempotentInstanceTerminated",
	message: "The instance of this client token is shutting down.",
};

/**
 * EC2, seen as "launch, find again, terminate".
 *
 * @param launcher a client that asks once (`maxAttempts: 1`): EC2 answers "no capacity" as HTTP 500, which
 *   the SDK would repeat. Our flows own the retries.
 * @param ec2 for everything else, with the SDK's retries.
 */
export const ec2Instances = (launcher: EC2Client, ec2: EC2Client): Instances => ({
	async launch(request, signal) {
		try {
			const reply = await launcher.send(new RunInstancesCommand(runInstancesInput(request)), {
				abortSignal: signal,
			});
			return launchedBy(reply.Instances ?? []);
		} catch (error) {
			return refusedBy(error);
		}
	},

	async byToken(clientToken, index, signal) {
		const reply = await ec2.send(
			new DescribeInstancesCommand({
				Filters: [
					{ Name: "client-token", Values: [clientToken] },
					{ Name: "instance-state-name", Values: livingStates },
				],
			}),
			{ abortSignal: signal },
		);
		const found = reply.Reservations?.flatMap(({ Instances = [] }) => Instances).find(
			({ AmiLaunchIndex = 0 }) => AmiLaunchIndex === index,
		);
		return found === undefined ? undefined : instanceFrom(found);
	},

	async terminate(instanceId, signal) {
		try {
			await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }), {
				abortSignal: signal,
			});
			return "ending";
		} catch (error) {
			if (error instanceof EC2ServiceException && error.name === "InvalidInstanceID.NotFound")
				return "unknown";
			throw error;
		}
	},
});

/** A repeated request is answered with its instances, also with those that are ending already, in any order. */
const launchedBy = (described: readonly Ec2Instance[]): LaunchOutcome => {
	const living = described.filter(({ State }) => !endingStates.has(State?.Name ?? ""));
	if (living.length === 0 && described.length > 0)
		return endedAs(described.map(({ StateReason }) => StateReason));
	const instances: (Instance | undefined)[] = [];
	const unreadable: { index: number; problem: string }[] = [];
	// None at all is an answer that lacks what every launch has.
	for (const each of living.length === 0 ? [undefined] : living) {
		const index = each?.AmiLaunchIndex ?? 0;
		const { instance, problem } = readInstance(each);
		if (instance === undefined) unreadable.push({ index, problem });
		else instances[index] = instance;
	}
	const [first] = unreadable;
	if (first === undefined) return { outcome: "launched", instances: Array.from(instances) };
	if (instances.length === 0) throw incomplete(first.problem);
	return { outcome: "launched", instances: Array.from(instances), unreadable };
};

/** Where one of them ended for want of capacity before it ran, the launch counts as refused for that. */
const endedAs = (whys: readonly (StateReason | undefined)[]): LaunchOutcome => {
	for (const { Code: code = "", Message: message = "" } of whys.filter(
		(why) => why !== undefined,
	)) {
		const reason = refusalReason({ code, message, httpStatus: undefined });
		if (reason === "no-capacity") return { outcome: "refused", reason, code, message };
	}
	return spentToken;
};

/** @throws the error itself, unless it is EC2's answer, or the want of one. */
const refusedBy = (error: unknown): LaunchOutcome => {
	if (!(error instanceof EC2ServiceException)) {
		const code = lostAnswer(error);
		if (code === undefined) throw error;
		const message = `EC2 gave no answer to be understood (${code}); the same request follows`;
		return { outcome: "refused", reason: "transient", code, message };
	}
	const { name: code, message, $metadata } = error;
	const reason = refusalReason({ code, message, httpStatus: $metadata.httpStatusCode });
	if (reason !== undefined) return { outcome: "refused", reason, code, message };
	throw new ProvisionerError(
		"operator",
		"UnknownRefusal",
		`EC2 refused the launch with a code that isn't classified yet: ${code}: ${message}`,
		{ cause: error, retryAfterSeconds: 60 },
	);
};

/** @throws ProvisionerError when EC2's answer lacks what every instance of ours has. */
const instanceFrom = (described: Ec2Instance): Instance => {
	const { instance, problem } = readInstance(described);
	if (instance === undefined) throw incomplete(problem);
	return instance;
};

const readInstance = (
	described: Ec2Instance | undefined,
): Readonly<{ instance: Instance; problem?: never } | { instance?: never; problem: string }> => {
	const addresses = described?.NetworkInterfaces?.[0]?.PrivateIpAddresses ?? [];
	const parsed = Instance.safeParse({
		instanceId: described?.InstanceId,
		instanceType: described?.InstanceType,
		zone: described?.Placement?.AvailabilityZone,
		address: described?.PrivateIpAddress,
		podAddress: addresses.find(({ Primary }) => Primary !== true)?.PrivateIpAddress,
		launchedAt: described?.LaunchTime?.toISOString(),
	});
	if (parsed.success) return { instance: parsed.data };
	const missing = parsed.error.issues.map(({ path }) => path.join("."));
	const id = described?.InstanceId ?? "without an id";
	return { problem: `EC2 described instance ${id} without ${missing.join(", ")}` };
};

const incomplete = (problem: string) =>
	new ProvisionerError("unavailable", "IncompleteAnswer", problem);
