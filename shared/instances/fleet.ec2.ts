import {
	type DescribeInstancesCommandInput,
	type EC2Client,
	EC2ServiceException,
	type Instance as Ec2Instance,
	GetConsoleOutputCommand,
	paginateDescribeInstances,
	type StateReason,
} from "@aws-sdk/client-ec2";
import { ProvisionerError } from "../errors.ts";
import { livingStates } from "./living-states.ts";
import type { Fleet, SeenInstance, UnreadableInstance } from "./model.ts";

type Filters = NonNullable<DescribeInstancesCommandInput["Filters"]>;

/**
 * This deployment's machines, as EC2 shows them.
 *
 * @param controllerId what its machines carry as the tag KipControllerID: others' are never seen.
 * @param pageSize how many machines one answer may hold; EC2 takes 5 to 1,000.
 */
export const ec2Fleet = (ec2: EC2Client, controllerId: string, pageSize = 1_000): Fleet => {
	const ours = async (more: Filters, signal: AbortSignal): Promise<readonly Read[]> => {
		const Filters = [{ Name: "tag:KipControllerID", Values: [literally(controllerId)] }, ...more];
		const paging = { client: ec2, pageSize, stopOnSameToken: true };
		const pages = paginateDescribeInstances(paging, { Filters }, { abortSignal: signal });
		const read: Read[] = [];
		for await (const { Reservations = [] } of pages)
			read.push(...Reservations.flatMap(({ Instances = [] }) => Instances).map(readFrom));
		return read;
	};
	return {
		async living(signal) {
			const read = await ours([{ Name: "instance-state-name", Values: livingStates }], signal);
			return {
				machines: read.flatMap(({ seen }) => seen ?? []),
				unreadable: read.flatMap(({ unreadable }) => unreadable ?? []),
			};
		},

		async find(instanceId, signal) {
			// A filter, because one that is asked for by its id and isn't there is an error.
			const [found] = await ours(
				[{ Name: "instance-id", Values: [literally(instanceId)] }],
				signal,
			);
			if (found?.unreadable !== undefined)
				throw new ProvisionerError(
					"unavailable",
					"IncompleteAnswer",
					`EC2 described instance ${instanceId} ${found.unreadable.problem}`,
				);
			return found?.seen;
		},

		async console(instanceId, signal) {
			try {
				const output = await consoleOutput(ec2, instanceId, signal);
				return output === "" ? undefined : output;
			} catch (error) {
				if (isRefusal(error, "InvalidInstanceID.NotFound")) return undefined;
				throw error;
			}
		},
	};
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
async function consoleOutput(
	ec2: EC2Client,
	instanceId: string,
	signal: AbortSignal,
): Promise<string> {
	const ask = async (Latest: boolean): Promise<string> => {
		const command = new GetConsoleOutputCommand({ InstanceId: instanceId, Latest });
		const { Output = "" } = await ec2.send(command, { abortSignal: signal });
		return Buffer.from(Output, "base64").toString();
	};
	try {
		return await ask(true);
	} catch (error) {
		// Only Nitro has the latest; of others EC2 keeps what they had written at their last change of state.
		if (!isRefusal(error, "UnsupportedOperation")) throw error;
		return await ask(false);
	}
}

const isRefusal = (error: unknown, code: string): boolean =>
	error instanceof EC2ServiceException && error.name === code;

/** In a filter's value, `*` and `?` would stand for others. */
const literally = (value: string): string => value.replace(/[\\*?]/g, "\\$&");

/** One machine of an answer. Each is read by itself: what is wrong with one hides none of the others. */
type Read =
	| Readonly<{ seen: SeenInstance; unreadable?: never }>
	| Readonly<{ seen?: never; unreadable: UnreadableInstance }>;

function readFrom(described: Ec2Instance): Read {
	const { InstanceId, InstanceType, LaunchTime, State, StateReason, Tags = [] } = described;
	const { AmiLaunchIndex: launchIndex = 0, ClientToken: clientToken = "" } = described;
	const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
	// All machines of one request have the same tags: in a group, the launch index tells whose is whose.
	const podUid = tag("cellwright.dev/pod-uid") ?? tag(`cellwright.dev/pod-uid-${launchIndex}`);
	if (
		InstanceId === undefined ||
		InstanceType === undefined ||
		LaunchTime === undefined ||
		State?.Name === undefined
	) {
		const needed = {
			id: InstanceId,
			type: InstanceType,
			"launch time": LaunchTime,
			state: State?.Name,
		};
		const missing = Object.entries(needed).flatMap(([name, value]) =>
			value === undefined ? [name] : [],
		);
		const problem = `without its ${missing.join(", ")}`;
		return { unreadable: { instanceId: InstanceId, podUid, problem } };
	}
	return {
		seen: {
			instanceId: InstanceId,
			state: State.Name,
			...reasonOf(StateReason),
			clientToken: clientToken === "" ? undefined : clientToken,
			launchIndex,
			launchedAt: LaunchTime,
			instanceType: InstanceType,
			podUid,
		},
	};
}

const reasonOf = ({ Code = "", Message }: StateReason = {}): Pick<SeenInstance, "stateReason"> =>
	Code === "" ? {} : { stateReason: { code: Code, message: Message ?? Code } };
