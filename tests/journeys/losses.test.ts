import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userInitiated } from "../../infra/local/ec2/lifecycle.ts";
import type { Ec2Events } from "../../infra/local/ec2/region.ts";
import type { CellIn } from "../../shared/cells/model.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

type Taken = Ec2Events["taken"][0];

let watched: Awaited<ReturnType<typeof watchedStack>>;
const launches: Taken[] = [];
/** Of the next machines, so many never boot. */
let deaf = 0;

beforeAll(async () => {
	watched = await watchedStack({
		// Long enough for a cell that boots on a busy machine.
		bootTimeoutSeconds: 15,
		janitorEverySeconds: 0,
		ec2: {
			bootTime: { medianMs: 300, spread: 0.2 },
			throttling: 10,
			faultOf: () => (deaf-- > 0 ? "never-boots" : "none"),
		},
	});
	watched.stack.ec2.events.on("taken", (request) => {
		if (request.action === "RunInstances") launches.push(request);
	});
});
afterAll(async () => {
	await watched.stack.stop();
});

const spot = { metadata: { annotations: { "pod.elotl.co/launch-type": "spot" } } };

/** The pod's record when it is ready with this attempt. */
const readyAgain = async (uid: string, attempt: number) =>
	await watched.eventually(`${uid} Ready, attempt ${attempt}`, () =>
		watched.history.find(
			(cell): cell is CellIn<"Ready"> =>
				cell.podUid === uid && cell.phase === "Ready" && cell.attempt === attempt,
		),
	);

const announcedOf = (uid: string): readonly StatusEvent[] =>
	watched.events
		.map(({ detail }) => StatusEvent.parse(detail))
		.filter(({ podUid }) => podUid === uid);

const stateOf = (instanceId: string) => watched.stack.ec2.instance(instanceId)?.state;

describe("a spot cell that EC2 takes back", () => {
	it("is warned, ends, and its pod has another one", async () => {
		const { stack, cell, eventually } = watched;
		await stack.enqueue(podScheduledBody("spot-1", spot));
		const first = await cell("spot-1", "Ready");
		stack.ec2.warnSpot(first.instance.instanceId, 1_500);

		const warned = await eventually("the warning", () =>
			announcedOf("spot-1").find(({ conditions }) =>
				conditions.some(({ type }) => type === "AtRisk"),
			),
		);
		expect(warned.phase).toBe("Ready");
		const atRisk = watched.history.find(
			({ podUid, notice }) => podUid === "spot-1" && notice !== undefined,
		);
		expect(atRisk?.notice).toMatchObject({
			reason: "SpotInterruption",
			deadline: expect.any(String),
		});

		const second = await readyAgain("spot-1", 2);
		expect(second.instance.instanceId).not.toBe(first.instance.instanceId);
		expect(second.notice).toBeUndefined();
		expect(second.losses).toMatchObject([
			{
				attempt: 1,
				instanceId: first.instance.instanceId,
				capacityType: "spot",
				reason: "SpotInterrupted",
				readyAt: expect.any(String),
				evidence: { stateReason: expect.stringContaining("Server.SpotInstanceTermination") },
			},
		]);
	});
});

describe("a cell that somebody else ends", () => {
	it("fails a pod whose restartPolicy is Never, once it was ready", async () => {
		const { stack, cell, eventually } = watched;
		await stack.enqueue(podScheduledBody("never-1", { spec: { restartPolicy: "Never" } }));
		const { instance } = await cell("never-1", "Ready");
		stack.ec2.endAs(instance.instanceId, userInitiated);
		const failed = await cell("never-1", "Failed");
		expect(failed).toMatchObject({ attempt: 1, reason: "InstanceEnded" });
		expect(failed.message).toContain("restartPolicy is Never");
		await eventually("announced", () =>
			announcedOf("never-1").find(({ phase }) => phase === "Failed"),
		);
	});
});

describe("a cell that never boots", () => {
	it("is ended with what there was to see of it, and its pod has the next one", async () => {
		const { stack, cell } = watched;
		deaf = 1;
		await stack.enqueue(podScheduledBody("deaf-1"));
		const first = await cell("deaf-1", "Booting");
		const second = await readyAgain("deaf-1", 2);
		const [loss] = second.losses;
		expect(loss).toMatchObject({
			attempt: 1,
			instanceId: first.instance.instanceId,
			reason: "BootTimeout",
			evidence: { state: expect.stringMatching(/^(pending|running)$/) },
		});
		expect(loss).not.toHaveProperty("readyAt");
		expect(stateOf(first.instance.instanceId)).toMatch(/^(shutting-down|terminated)$/);
	});
});

describe("replicas of a workload that arrive together", () => {
	it("come up with one call to EC2, a cell for each", async () => {
		const { stack, cell } = watched;
		launches.length = 0;
		const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "web-1" };
		const metadata = { ownerReferences: [{ ...owner, controller: true }] };
		const uids = ["replica-1", "replica-2", "replica-3", "replica-4"];
		await stack.enqueueAll(uids.map((uid) => podScheduledBody(uid, { metadata })));
		const cells = await Promise.all(uids.map(async (uid) => await cell(uid, "Ready")));
		expect(launches.map(({ parameters }) => parameters["MaxCount"])).toEqual(["4"]);
		expect(new Set(cells.map(({ instance }) => instance.instanceId)).size).toBe(4);
		expect(new Set(cells.map(({ plan }) => plan.fingerprint)).size).toBe(1);
		expect(cells.map(({ plan }) => plan.group?.index).toSorted()).toEqual([0, 1, 2, 3]);
	});
});
