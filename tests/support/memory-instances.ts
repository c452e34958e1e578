import type {
	Instance,
	Instances,
	LaunchOutcome,
	LaunchRequest,
} from "../../shared/instances/model.ts";

type Refusal = Extract<LaunchOutcome, { outcome: "refused" }>;

/** A machine of the EC2 in memory. It never stops between running and its end. */
export type MemoryMachine = Readonly<{
	instance: Instance;
	request: LaunchRequest;
	launchIndex: number;
	state: "running" | "terminated";
	stateReason?: Readonly<{ code: string; message: string }>;
}>;

/** An EC2 in memory; tests/contracts/instances.ts holds it to the adapter on the simulated EC2. */
export type MemoryInstances = Instances &
	Readonly<{
		/** From now on EC2 answers so where this says so. */
		refuse(decide: (request: LaunchRequest) => Refusal | undefined): void;
		/** Called after EC2 has acted, before the caller hears of it. */
		beforeAnswer(act: (request: LaunchRequest) => Promise<void> | void): void;
		/** From now on EC2 gives no more than so many machines in one launch. */
		giveAtMost(machines: number): void;
		/** A machine ends for somebody else's reasons. */
		end(instanceId: string, why: Readonly<{ code: string; message: string }>): void;
		/** Every request for a launch, in order. */
		requests: readonly LaunchRequest[];
		/** Every machine that was ever launched, in order. */
		machines(): readonly MemoryMachine[];
		living(): readonly string[];
	}>;

/** What a token has made, and by which request. */
type TokenUse = Readonly<{ parameters: string; ids: readonly string[] }>;

export function memoryInstances(): MemoryInstances {
	const machines = new Map<string, MemoryMachine>();
	const tokens = new Map<string, TokenUse>();
	const requests: LaunchRequest[] = [];
	let decide: (request: LaunchRequest) => Refusal | undefined = () => undefined;
	let act: (request: LaunchRequest) => Promise<void> | void = () => {};
	let most = Number.POSITIVE_INFINITY;
	const end = (instanceId: string, stateReason: MemoryMachine["stateReason"] & object): void => {
		const machine = machines.get(instanceId);
		if (machine === undefined || machine.state === "terminated") return;
		machines.set(instanceId, { ...machine, state: "terminated", stateReason });
	};
	const livingOf = ({ ids }: TokenUse): readonly MemoryMachine[] =>
		ids.flatMap((id) => machines.get(id) ?? []).filter(({ state }) => state === "running");
	const made = (request: LaunchRequest): readonly string[] =>
		Array.from({ length: Math.min(request.count ?? 1, most) }, (_, launchIndex) => {
			const instance = instanceFor(request, machines.size + 1);
			machines.set(instance.instanceId, { instance, request, launchIndex, state: "running" });
			return instance.instanceId;
		});
	return {
		requests,
		refuse: (next) => {
			decide = next;
		},
		beforeAnswer: (next) => {
			act = next;
		},
		giveAtMost: (next) => {
			most = next;
		},
		end,
		machines: () => [...machines.values()],
		living: () =>
			[...machines].flatMap(([instanceId, { state }]) => (state === "running" ? [instanceId] : [])),
		async launch(request) {
			requests.push(request);
			const parameters = JSON.stringify({ ...request, userData: [...request.userData] });
			const known = tokens.get(request.clientToken);
			const refusal =
				known === undefined ? decide(request) : replayRefusal(known, parameters, livingOf(known));
			if (refusal !== undefined) return refusal;
			const use = known ?? { parameters, ids: made(request) };
			tokens.set(request.clientToken, use);
			const instances: (Instance | undefined)[] = [];
			for (const { launchIndex, instance } of livingOf(use)) instances[launchIndex] = instance;
			await act(request);
			return { outcome: "launched", instances: Array.from(instances) };
		},
		async byToken(clientToken, index) {
			const use = tokens.get(clientToken);
			const living = use === undefined ? [] : livingOf(use);
			return living.find(({ launchIndex }) => launchIndex === index)?.instance;
		},
		async terminate(instanceId) {
			const code = "Client.UserInitiatedShutdown";
			end(instanceId, { code, message: `${code}: User initiated shutdown` });
			return machines.has(instanceId) ? "ending" : "unknown";
		},
	};
}

const replayRefusal = (
	known: TokenUse,
	parameters: string,
	living: readonly MemoryMachine[],
): Refusal | undefined => {
	if (known.parameters !== parameters) return spent("IdempotentParameterMismatch");
	return living.length === 0 ? spent("IdempotentInstanceTerminated") : undefined;
};

const spent = (code: string): Refusal => ({
	outcome: "refused",
	reason: "token-spent",
	code,
	message: "the token is spent",
});

const instanceFor = ({ offering }: LaunchRequest, count: number): Instance => ({
	instanceId: `i-${String(count).padStart(17, "0")}`,
	instanceType: offering.instanceType,
	zone: "us-east-1a",
	address: `127.0.16.${count * 2}`,
	podAddress: `127.0.16.${count * 2 + 1}`,
	launchedAt: "2026-11-23T08:00:00.000Z",
});
