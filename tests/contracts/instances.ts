import { expect, it } from "vitest";
import type { Instances, LaunchRequest } from "../../shared/instances/model.ts";
import { anImage } from "../support/cells.ts";

/** A launch that EC2 accepts in the default region of the simulator. */
export const aLaunchRequest = (over: Partial<LaunchRequest> = {}): LaunchRequest => ({
	clientToken: "token",
	offering: { instanceType: "t3a.small", capacityType: "on-demand", cpuCredits: "unlimited" },
	subnetId: "subnet-0000000000000000a",
	image: anImage(),
	volumeGib: 8,
	metadataTokens: "optional",
	securityGroupIds: [],
	privateAddressOnly: false,
	userData: Buffer.from("#cloud-config\n{}\n"),
	tags: { Name: "test", Node: "cell-1" },
	...over,
});

/** What every Instances port must do; run against the one in memory and against EC2's wire protocol. */
export function honoursInstances(
	open: () => Instances,
	/** A request that is valid for it. */
	valid: (over: Partial<LaunchRequest>) => LaunchRequest,
	/** Waits until an instance that was launched can be found. */
	visible: (instanceId: string) => Promise<void>,
): void {
	const signal = AbortSignal.timeout(60_000);
	let tokens = 0;
	const request = (over: Partial<LaunchRequest> = {}) =>
		valid({ clientToken: `contract-${++tokens}`, ...over });
	const launched = async (instances: Instances, asked: LaunchRequest) => {
		const outcome = await instances.launch(asked, signal);
		if (outcome.outcome === "refused") throw new Error(`${outcome.code}: ${outcome.message}`);
		const [instance] = outcome.instances;
		if (instance === undefined) throw new Error("no instance");
		return instance;
	};

	it("launches a machine that has an address for its agent and another one for its pod", async () => {
		const instance = await launched(open(), request());
		expect(instance.instanceId).toMatch(/^i-[0-9a-f]{17}$/);
		expect(instance.address).not.toBe(instance.podAddress);
		expect(instance.instanceType).toBe("t3a.small");
	});

	it("gives who repeats a request the same machine, and who has another token another one", async () => {
		const instances = open();
		const asked = request();
		const first = await launched(instances, asked);
		expect(await launched(instances, { ...asked })).toMatchObject({
			instanceId: first.instanceId,
		});
		expect((await launched(instances, request())).instanceId).not.toBe(first.instanceId);
	});

	it("refuses a token that comes with another request, and says that it is spent", async () => {
		const instances = open();
		const asked = request();
		await launched(instances, asked);
		const other = { ...asked, userData: Buffer.from("#cloud-config\nruncmd: []\n") };
		expect(await instances.launch(other, signal)).toMatchObject({
			outcome: "refused",
			reason: "token-spent",
			code: "IdempotentParameterMismatch",
		});
	});

	it("finds a machine by its token while it lives, and refuses the token afterwards", async () => {
		const instances = open();
		const asked = request();
		const { instanceId } = await launched(instances, asked);
		await visible(instanceId);
		expect(await instances.byToken(asked.clientToken, 0, signal)).toMatchObject({ instanceId });
		await instances.terminate(instanceId, signal);
		expect(await instances.byToken(asked.clientToken, 0, signal)).toBeUndefined();
		expect(await instances.launch(asked, signal)).toMatchObject({
			reason: "token-spent",
			code: "IdempotentInstanceTerminated",
		});
	});

	it("ends a machine twice, or one that nobody knows, without harm", async () => {
		const instances = open();
		const { instanceId } = await launched(instances, request());
		await visible(instanceId);
		await instances.terminate(instanceId, signal);
		await instances.terminate(instanceId, signal);
		await instances.terminate("i-0123456789abcdef9", signal);
	});

	it("knows no machine for a token that was never used", async () => {
		expect(await open().byToken("never-used", 0, signal)).toBeUndefined();
	});
}
