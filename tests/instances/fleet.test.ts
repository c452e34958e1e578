import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type SimulatedEc2, startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import type { LaunchRequest } from "../../shared/instances/model.ts";
import { honoursFleet } from "../contracts/fleet.ts";
import { answeringServer, ec2Answer } from "../support/answering-server.ts";
import { anImage } from "../support/cells.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { memoryFleet } from "../support/memory-fleet.ts";
import { memoryInstances } from "../support/memory-instances.ts";

const { signal } = new AbortController();
let ec2: SimulatedEc2;
let client: EC2Client;

beforeAll(async () => {
	ec2 = await startEc2({
		types: {
			"t3a.small": { architecture: "x86_64", vcpus: 2 },
			"t2.small": { architecture: "x86_64", vcpus: 1, hypervisor: "xen" },
		},
		throttling: false,
		times: { visibleAfterMs: 0 },
		faultOf: () => "never-boots",
	});
	client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint, maxAttempts: 1 });
});
afterAll(async () => {
	client.destroy();
	await ec2.close();
});

const valid = (over: Partial<LaunchRequest> = {}) => {
	const image = ec2.images.find(({ architecture }) => architecture === "x86_64");
	return aLaunchRequest({
		image: anImage({ imageId: image?.imageId ?? "" }),
		subnetId: ec2.zones[0]?.subnetId ?? "",
		...over,
	});
};
const launched = async (over: Partial<LaunchRequest>): Promise<string> => {
	const outcome = await ec2Instances(client, client).launch(valid(over), signal);
	return outcome.outcome === "launched" ? (outcome.instances[0]?.instanceId ?? "") : "";
};

describe("EC2 by its wire protocol, in pages", () => {
	// Five is the least that EC2 takes: the contract's thirteen machines come in three pages.
	honoursFleet(
		(controllerId) => ({
			fleet: ec2Fleet(client, controllerId, 5),
			instances: ec2Instances(client, client),
		}),
		valid,
		async () => {},
	);

	it("asks for all pages", async () => {
		const tags = { KipControllerID: "paged" };
		await launched({ clientToken: "paged", count: 11, tags });
		const taken: string[] = [];
		const listen = ({ action }: { action: string }) => taken.push(action);
		ec2.events.on("taken", listen);
		const { machines } = await ec2Fleet(client, "paged", 5).living(signal);
		expect(machines).toHaveLength(11);
		ec2.events.off("taken", listen);
		expect(taken).toEqual(["DescribeInstances", "DescribeInstances", "DescribeInstances"]);
	});

	it("shows nothing rather than half of it when a page can't be had", async () => {
		await expect(ec2Fleet(client, "paged", 3).living(signal)).rejects.toMatchObject({
			name: "InvalidParameterValue",
		});
	});

	it("reads each machine by itself, on whatever page the one is that can't be read", async () => {
		const well = (id: string) =>
			`<instanceId>${id}</instanceId><instanceType>t3.nano</instanceType><launchTime>2026-11-23T08:00:00.000Z</launchTime><instanceState><code>16</code><name>running</name></instanceState><amiLaunchIndex>0</amiLaunchIndex>`;
		const tag = (uid: string) =>
			`<tagSet><item><key>cellwright.dev/pod-uid</key><value>${uid}</value></item></tagSet>`;
		const page = (items: readonly string[], next = "") =>
			ec2Answer(
				"DescribeInstances",
				`<reservationSet><item><instancesSet>${items.map((item) => `<item>${item}</item>`).join("")}</instancesSet></item></reservationSet>${next}`,
			);
		const stateless = `<instanceId>i-0b</instanceId><instanceType>t3.nano</instanceType>${tag("b")}`;
		const { endpoint } = await answeringServer((body) => {
			if (body.includes("instance-id")) return page([stateless]);
			return body.includes("NextToken")
				? page([well("i-0d") + tag("d")])
				: page([well("i-0a"), stateless, tag("c")], "<nextToken>more</nextToken>");
		});
		const odd = new EC2Client({ ...laptopAws, endpoint, maxAttempts: 1 });
		onTestFinished(() => odd.destroy());
		const { machines, unreadable } = await ec2Fleet(odd, "ours").living(signal);
		expect(machines).toMatchObject([
			{ instanceId: "i-0a", podUid: undefined },
			{ instanceId: "i-0d", podUid: "d" },
		]);
		expect(unreadable).toEqual([
			{ instanceId: "i-0b", podUid: "b", problem: "without its launch time, state" },
			{ instanceId: undefined, podUid: "c", problem: "without its id, type, launch time, state" },
		]);
		// Whoever is asked for by its id isn't taken for gone.
		await expect(ec2Fleet(odd, "ours").find("i-0b", signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "IncompleteAnswer",
			message: "EC2 described instance i-0b without its launch time, state",
		});
	});

	it("has what EC2 kept of the console where only Nitro has the latest", async () => {
		const id = await launched({
			clientToken: "xen",
			offering: { instanceType: "t2.small", capacityType: "on-demand", cpuCredits: "standard" },
		});
		expect(await ec2Fleet(client, "test").console(id, signal)).toContain("Linux version");
	});

	it("has no console of a machine that never began, and none that EC2 doesn't show yet", async () => {
		const fleet = ec2Fleet(client, "test");
		const giveBack = ec2.failPending({});
		const doomed = await launched({ clientToken: "doomed", tags: { KipControllerID: "test" } });
		giveBack();
		expect(await fleet.console(doomed, signal)).toBeUndefined();
		await vi.waitFor(
			async () =>
				expect(await fleet.find(doomed, signal)).toMatchObject({
					state: "terminated",
					stateReason: { code: "Server.InsufficientInstanceCapacity" },
				}),
			{ timeout: 10_000 },
		);
		ec2.forgetNew(3_600_000);
		const hidden = await launched({ clientToken: "hidden", tags: { KipControllerID: "test" } });
		ec2.forgetNew(0);
		expect(await fleet.console(hidden, signal)).toBeUndefined();
		expect(await fleet.find(hidden, signal)).toBeUndefined();
	});
});

describe("EC2 in memory", () => {
	const instances = memoryInstances();
	honoursFleet(
		(controllerId) => ({ fleet: memoryFleet(instances, controllerId), instances }),
		aLaunchRequest,
		async () => {},
	);
});
