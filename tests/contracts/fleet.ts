import { expect, it } from "vitest";
import type { Fleet, Instances, LaunchRequest } from "../../shared/instances/model.ts";

/** What every Fleet must do; run against the one in memory and against EC2's wire protocol. */
export function honoursFleet(
	/** The fleet of a controller, and the port that launches for it. */
	open: (controllerId: string) => Readonly<{ fleet: Fleet; instances: Instances }>,
	/** A request that is valid for it. */
	valid: (over: Partial<LaunchRequest>) => LaunchRequest,
	/** Waits until an instance that was launched can be found. */
	visible: (instanceId: string) => Promise<void>,
): void {
	const { signal } = new AbortController();
	let opened = 0;
	const world = () => {
		const controllerId = `contract-${++opened}`;
		const { fleet, instances } = open(controllerId);
		const launch = async (tags: LaunchRequest["tags"], count = 1) => {
			const clientToken = `${controllerId}-${JSON.stringify(tags)}`.slice(0, 64);
			const asked = valid({ clientToken, count, tags: { KipControllerID: controllerId, ...tags } });
			const outcome = await instances.launch(asked, signal);
			if (outcome.outcome === "refused") throw new Error(`${outcome.code}: ${outcome.message}`);
			const ids = outcome.instances.map((instance) => instance?.instanceId ?? "");
			for (const id of ids) await visible(id);
			return { ids, clientToken };
		};
		return { fleet, instances, launch };
	};

	it("shows a machine with what ties it to its pod", async () => {
		const { fleet, launch } = world();
		const { ids, clientToken } = await launch({ "cellwright.dev/pod-uid": "pod-a" });
		const { machines, unreadable } = await fleet.living(signal);
		expect(unreadable).toEqual([]);
		expect(machines[0]).toEqual({
			instanceId: ids[0],
			state: expect.stringMatching(/^(pending|running)$/),
			clientToken,
			launchIndex: 0,
			launchedAt: expect.any(Date),
			instanceType: "t3a.small",
			podUid: "pod-a",
		});
		expect(await fleet.find(ids[0] ?? "", signal)).toMatchObject({ podUid: "pod-a" });
	});

	it("tells the machines of a group apart by their launch index", async () => {
		const { fleet, launch } = world();
		const uids = ["pod-a", "pod-b", "pod-c"];
		const tags = uids.map((uid, index) => [`cellwright.dev/pod-uid-${index}`, uid]);
		const { ids } = await launch(Object.fromEntries(tags), 3);
		const { machines } = await fleet.living(signal);
		const seen = machines.toSorted((a, b) => a.launchIndex - b.launchIndex);
		expect(seen.map(({ podUid }) => podUid)).toEqual(uids);
		expect(seen.map(({ instanceId }) => instanceId)).toEqual(ids);
	});

	it("shows a machine whose tags name no pod", async () => {
		const { fleet, launch } = world();
		await launch({ Name: "somebody's" });
		expect((await fleet.living(signal)).machines.map(({ podUid }) => podUid)).toEqual([undefined]);
	});

	it("shows all of many, and nothing of another controller's", async () => {
		const { fleet, launch } = world();
		const stranger = world();
		const foreign = await stranger.launch({ Name: "foreign" });
		const first = await launch({ Name: "first" }, 7);
		const second = await launch({ Name: "second" }, 6);
		const seen = (await fleet.living(signal)).machines.map(({ instanceId }) => instanceId);
		expect(seen.toSorted()).toEqual([...first.ids, ...second.ids].toSorted());
		expect(await fleet.find(foreign.ids[0] ?? "", signal)).toBeUndefined();
	});

	it("takes no controller's id for a pattern", async () => {
		const { launch } = world();
		const { ids } = await launch({ Name: "mine" });
		const { fleet } = open("contract-*");
		expect(await fleet.living(signal)).toEqual({ machines: [], unreadable: [] });
		expect(await fleet.find(ids[0] ?? "", signal)).toBeUndefined();
	});

	it("finds a machine that has ended, with the reason, but not among the living", async () => {
		const { fleet, instances, launch } = world();
		const { ids } = await launch({ "cellwright.dev/pod-uid": "pod-a" });
		const [id = ""] = ids;
		await instances.terminate(id, signal);
		expect(await fleet.living(signal)).toEqual({ machines: [], unreadable: [] });
		expect(await fleet.find(id, signal)).toMatchObject({
			state: expect.stringMatching(/^(shutting-down|terminated)$/),
			stateReason: {
				code: "Client.UserInitiatedShutdown",
				message: "Client.UserInitiatedShutdown: User initiated shutdown",
			},
			podUid: "pod-a",
		});
	});

	it("has the words of a machine's console, and none of one that nobody knows", async () => {
		const { fleet, launch } = world();
		const { ids } = await launch({ Name: "talks" });
		expect(await fleet.console(ids[0] ?? "", signal)).toMatch(/^.*Linux version/);
		expect(await fleet.console("i-0123456789abcdef9", signal)).toBeUndefined();
		expect(await fleet.find("i-0123456789abcdef9", signal)).toBeUndefined();
	});
}
