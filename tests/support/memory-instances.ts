import type {
	Instance,
	Instances,
	LaunchOutcome,
	LaunchRequest,
} from "../../shared/instances/model.ts";

type Refusal = Extract<LaunchOutcome, { outcome: "refused" }>;

/** An EC2 in memory; tests/contracts/instances.ts holds it to the adapter on the simulated EC2. */
export type MemoryInstances = Instances &
	Readonly<{
		/** From now on EC2 answers so where this says so. */
		refuse(decide: (request: LaunchRequest) => Refusal | undefined): void;
		/** Called after EC2 has acted, before the caller hears of it. */
		beforeAnswer(act: (request: LaunchRequest) => Promise<void> | void): void;
		/** Every request for a launch, in order. */
		requests: readonly LaunchRequest[];
		living(): readonly string[];
	}>;

export function memoryInstances(): MemoryInstances {
	const machines = new Map<string, { instance: Instance; parameters: string; lives: boolean }>();
	const requests: LaunchRequest[] = [];
	let decide: (request: LaunchRequest) => Refusal | undefined = () => undefined;
	let act: (request: LaunchRequest) => Promise<void> | void = () => {};
	return {
		requests,
		refuse: (next) => {
			decide = next;
		},
		beforeAnswer: (next) => {
			act = next;
		},
		living: () =>
			[...machines.values()].flatMap(({ lives, instance }) => (lives ? [instance.instanceId] : [])),
		async launch(request) {
			requests.push(request);
			const { clientToken } = request;
			const parameters = JSON.stringify({ ...request, userData: [...request.userData] });
			const known = machines.get(clientToken);
			const refusal =
				known === undefined
					? decide(request)
					: known.lives
						? known.parameters === parameters
							? undefined
							: spent("IdempotentParameterMismatch")
						: spent("IdempotentInstanceTerminated");
			if (refusal !== undefined) return refusal;
			const instance = known?.instance ?? instanceFor(request, machines.size + 1);
			machines.set(clientToken, { instance, parameters, lives: true });
			await act(request);
			return { outcome: "launched", instances: [instance] };
		},
		async byToken(clientToken, _index) {
			const known = machines.get(clientToken);
			return known?.lives === true ? known.instance : undefined;
		},
		async terminate(instanceId) {
			for (const machine of machines.values())
				if (machine.instance.instanceId === instanceId) machine.lives = false;
		},
	};
}

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
