import { createHash } from "node:crypto";
import type {
	Fleet,
	Instance,
	Instances,
	LaunchOutcome,
	LaunchRequest,
	RefusalReason,
	SeenInstance,
} from "../../shared/instances/model.ts";

/** How the machine of one launch behaves. */
export type Birth = Readonly<{
	/** What its agent does; `answers` after so many seconds, the others from the beginning and for ever. */
	agent: "answers" | "is silent" | "hangs" | "talks rubbish" | "is somebody else";
	answersAfterSeconds: number;
	/** It is lost, so many seconds after EC2's yes. */
	loss?: Readonly<{ how: LossKind; afterSeconds: number }> | undefined;
}>;

export const lossKinds = [
	"no capacity after all",
	"terminated by others",
	"stopped",
	"spot interruption",
	"spot interruption without warning",
	"rebalance, and nothing more",
] as const;
export type LossKind = (typeof lossKinds)[number];

export type MachineState =
	| "pending"
	| "running"
	| "stopping"
	| "stopped"
	| "shutting-down"
	| "terminated";

export type Machine = {
	readonly instance: Instance;
	readonly clientToken: string;
	readonly launchIndex: number;
	readonly podUid: string | undefined;
	readonly controllerId: string | undefined;
	readonly hourlyUsd: number;
	readonly capacityType: string;
	readonly launchedAtMs: number;
	readonly visibleAtMs: number;
	readonly userData: string;
	readonly birth: Birth;
	state: MachineState;
	stateReason: Readonly<{ code: string; message: string }> | undefined;
	/** Who told EC2 to end it; undefined while nobody has. */
	endedBy: string | undefined;
};

export const isLivingMachine = ({ state }: Machine): boolean =>
	state === "pending" || state === "running" || state === "stopping" || state === "stopped";

/** EC2's refusals by code, as the adapter tells them. */
export const refusalCodes = {
	InsufficientInstanceCapacity: "no-capacity",
	InsufficientFreeAddressesInSubnet: "no-addresses",
	VcpuLimitExceeded: "quota",
	RequestLimitExceeded: "throttled",
	InternalError: "transient",
	"InvalidAMIID.NotFound": "no-image",
	UnauthorizedOperation: "forbidden",
	InvalidParameterValue: "bad-request",
} as const satisfies Record<string, RefusalReason>;
export type RefusalCode = keyof typeof refusalCodes;

type Refusal = Extract<LaunchOutcome, { outcome: "refused" }>;

export type Ec2Options = Readonly<{
	nowMs: () => number;
	after(ms: number, act: () => void): void;
	/** How the next machine of a pod behaves; `nth`: how many it has had. */
	birthOf?(podUid: string | undefined, nth: number): Birth;
	/** For so long a new machine can't be found, nor ended. */
	unseenMs?: number;
	/** Launches that EC2 refuses, by their number. */
	refusals?: readonly Readonly<{ launch: number; code: RefusalCode }>[];
	/** Launches of which EC2 gives one machine only, by their number. */
	partly?: readonly number[];
	/** How many machines a launch can have at this moment; absent: any number. */
	room?(): number;
	/** Its own buckets; absent: it takes all. */
	pace?: Readonly<{ burst: number; perSecond: number }> | undefined;
	hourlyUsdOf?(request: LaunchRequest): number;
	/** A machine's state has changed, or EC2 warns of its end. */
	onEvent?(machine: Machine, what: MachineState | "interruption warning" | "rebalance"): void;
	onRefusal?(code: RefusalCode): void;
	onLoss?(how: LossKind): void;
	onPartly?(): void;
	/** A launch that EC2 is about to accept. */
	onAccept?(request: LaunchRequest): void;
}>;

export const plainBirth: Birth = { agent: "answers", answersAfterSeconds: 20 };

/** What a client token has made, and by which request. */
type TokenUse = Readonly<{ parameters: string; made: readonly Machine[] }>;

/** EC2 in virtual time; tests/contracts/instances.ts holds it to the adapter on the simulated EC2. */
export type SimulatedEc2 = ReturnType<typeof simulatedEc2>;

export function simulatedEc2(options: Ec2Options) {
	const { nowMs, after } = options;
	const { unseenMs = 0, refusals = [], partly = [], onEvent = () => undefined } = options;
	const machines: Machine[] = [];
	const tokens = new Map<string, TokenUse>();
	const refusalOf = new Map(refusals.map(({ launch, code }) => [launch, code]));
	let launches = 0;
	let tokensLeft = options.pace?.burst ?? 0;
	let filledAtMs = nowMs();

	const change = (machine: Machine, state: MachineState) => {
		machine.state = state;
		onEvent(machine, state);
	};
	const end = (machine: Machine, by: string, reason: string) => {
		if (!isLivingMachine(machine)) return;
		machine.endedBy = by;
		machine.stateReason ??= { code: reason, message: `${reason}: ${by}` };
		change(machine, "shutting-down");
		after(8_000, () => change(machine, "terminated"));
	};
	const isThrottled = (): boolean => {
		if (options.pace === undefined) return false;
		const { burst, perSecond } = options.pace;
		tokensLeft = Math.min(burst, tokensLeft + ((nowMs() - filledAtMs) / 1000) * perSecond);
		filledAtMs = nowMs();
		if (tokensLeft < 1) return true;
		tokensLeft -= 1;
		return false;
	};
	const lose = (machine: Machine, how: LossKind) => {
		const acts: Record<LossKind, () => void> = {
			"no capacity after all": () => {
				if (machine.state !== "pending") return end(machine, "EC2", "Server.InternalError");
				machine.stateReason = {
					code: "Server.InsufficientInstanceCapacity",
					message: "no capacity after all",
				};
				machine.endedBy = "EC2";
				change(machine, "terminated");
			},
			"terminated by others": () => end(machine, "a human", "Client.UserInitiatedShutdown"),
			stopped: () => {
				if (machine.state !== "running") return;
				change(machine, "stopping");
				after(10_000, () => {
					if (machine.state === "stopping") change(machine, "stopped");
				});
			},
			"spot interruption": () => {
				onEvent(machine, "interruption warning");
				after(120_000, () => end(machine, "EC2", "Server.SpotInstanceTermination"));
			},
			"spot interruption without warning": () =>
				end(machine, "EC2", "Server.SpotInstanceTermination"),
			"rebalance, and nothing more": () => onEvent(machine, "rebalance"),
		};
		options.onLoss?.(how);
		acts[how]();
	};

	const born = (request: LaunchRequest, launchIndex: number): Machine => {
		const podUid =
			request.tags["cellwright.dev/pod-uid"] ??
			request.tags[`cellwright.dev/pod-uid-${launchIndex}`];
		const count = machines.length + 1;
		const birth =
			options.birthOf?.(podUid, machines.filter((each) => each.podUid === podUid).length) ??
			plainBirth;
		const machine: Machine = {
			instance: {
				instanceId: `i-${String(count).padStart(17, "0")}`,
				instanceType: request.offering.instanceType,
				zone: `zone of ${request.subnetId}`,
				address: `10.0.0.${count * 2}`,
				podAddress: `10.0.0.${count * 2 + 1}`,
				launchedAt: new Date(nowMs()).toISOString(),
			},
			clientToken: request.clientToken,
			launchIndex,
			podUid,
			controllerId: request.tags["KipControllerID"],
			hourlyUsd: options.hourlyUsdOf?.(request) ?? 0,
			capacityType: request.offering.capacityType,
			launchedAtMs: nowMs(),
			visibleAtMs: nowMs() + unseenMs,
			userData: Buffer.from(request.userData).toString(),
			birth,
			state: "pending",
			stateReason: undefined,
			endedBy: undefined,
		};
		machines.push(machine);
		onEvent(machine, "pending");
		if (unseenMs > 0) after(unseenMs, () => undefined);
		after(5_000, () => {
			if (machine.state === "pending") change(machine, "running");
		});
		const { loss } = birth;
		if (loss !== undefined)
			after(loss.afterSeconds * 1000, () => {
				if (isLivingMachine(machine)) lose(machine, loss.how);
			});
		return machine;
	};

	const answered = (made: readonly Machine[]): LaunchOutcome => {
		const living = made.filter(isLivingMachine);
		const [first] = made;
		if (living.length === 0) {
			const { code = "", message = "" } = first?.stateReason ?? {};
			return code === "Server.InsufficientInstanceCapacity"
				? { outcome: "refused", reason: "no-capacity", code, message }
				: spent("IdempotentInstanceTerminated");
		}
		const instances: (Instance | undefined)[] = [];
		for (const { launchIndex, instance } of living) instances[launchIndex] = instance;
		return { outcome: "launched", instances: Array.from(instances) };
	};

	const no = (code: RefusalCode): LaunchOutcome => {
		options.onRefusal?.(code);
		return refused(code);
	};

	const launch = (request: LaunchRequest): LaunchOutcome => {
		const number = launches++;
		const code = refusalOf.get(number);
		if (isThrottled() || code === "RequestLimitExceeded") return no("RequestLimitExceeded");
		// Tokens are counted by zone.
		const key = `${request.subnetId} ${request.clientToken}`;
		const known = tokens.get(key);
		if (known !== undefined) return repeated(known, request);
		if (code !== undefined) return no(code);
		const { count = 1 } = request;
		const given = Math.min(count, roomFor(number));
		if (given < 1) return no("InsufficientInstanceCapacity");
		options.onAccept?.(request);
		if (given < count) options.onPartly?.();
		const made = Array.from({ length: given }, (_, index) => born(request, index));
		tokens.set(key, { parameters: parametersOf(request), made });
		return answered(made);
	};

	const roomFor = (launch: number): number =>
		partly.includes(launch) ? 1 : (options.room?.() ?? Number.POSITIVE_INFINITY);

	const repeated = ({ parameters, made }: TokenUse, request: LaunchRequest): LaunchOutcome =>
		parameters !== parametersOf(request) ? spent("IdempotentParameterMismatch") : answered(made);

	const visible = (): Machine[] => machines.filter(({ visibleAtMs }) => visibleAtMs <= nowMs());

	const instances = (by: string): Instances => ({
		launch: async (request) => launch(request),
		async byToken(clientToken, index) {
			return visible().find(
				(machine) =>
					machine.clientToken === clientToken &&
					machine.launchIndex === index &&
					isLivingMachine(machine),
			)?.instance;
		},
		async terminate(instanceId) {
			const machine = visible().find(({ instance }) => instance.instanceId === instanceId);
			if (machine === undefined) return "unknown";
			const code = "Client.UserInitiatedShutdown";
			machine.stateReason ??= { code, message: `${code}: User initiated shutdown` };
			end(machine, by, code);
			return "ending";
		},
	});

	const fleetOf = (controllerId: string): Fleet => {
		const ours = () => visible().filter((machine) => machine.controllerId === controllerId);
		return {
			living: async () => ({
				machines: ours().filter(isLivingMachine).map(seen),
				unreadable: [],
			}),
			find: async (instanceId) =>
				ours()
					.filter(({ instance }) => instance.instanceId === instanceId)
					.map(seen)[0],
			console: async (instanceId) =>
				visible().some(({ instance }) => instance.instanceId === instanceId)
					? "Linux version 0 (simulated)\r\n"
					: undefined,
		};
	};

	return {
		instances,
		fleetOf,
		machines: machines as readonly Machine[],
		launches: () => launches,
		/** A machine that runs already, and of which nobody has heard the answer. */
		leaveBehind: (request: LaunchRequest) => void born(request, 0),
	};
}

const parametersOf = (request: LaunchRequest): string =>
	createHash("sha256")
		.update(JSON.stringify({ ...request, userData: undefined }))
		.update(request.userData)
		.digest("hex");

const seen = (machine: Machine): SeenInstance => ({
	instanceId: machine.instance.instanceId,
	state: machine.state,
	...(machine.stateReason === undefined ? {} : { stateReason: machine.stateReason }),
	clientToken: machine.clientToken,
	launchIndex: machine.launchIndex,
	launchedAt: new Date(machine.launchedAtMs),
	instanceType: machine.instance.instanceType,
	podUid: machine.podUid,
});

const refused = (code: RefusalCode): Refusal => ({
	outcome: "refused",
	reason: refusalCodes[code],
	code,
	message: `EC2 says ${code}`,
});

const spent = (code: string): Refusal => ({
	outcome: "refused",
	reason: "token-spent",
	code,
	message: "the token is spent",
});
