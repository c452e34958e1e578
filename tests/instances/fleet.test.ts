import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SimulatedEc2, startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import type { LaunchRequest } from "../../shared/instances/model.ts";
import { honoursFleet } from "../contracts/fleet.ts";
import { anImage } from "../support/cells.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { memoryFleet } from "../support/memory-fleet.ts";
import { memoryInstances } from "../support/memory-instances.ts";

const signal = AbortSignal.timeout(60_000);
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
		expect(await ec2Fleet(client, "paged", 5).living(signal)).toHaveLength(11);
		ec2.events.off("taken", listen);
		expect(taken).toEqual(["DescribeInstances", "DescribeInstances", "DescribeInstances"]);
	});

	it("shows nothing rather than half of it when a page can't be had", async () => {
		await expect(ec2Fleet(client, "paged", 3).living(signal)).rejects.toMatchObject({
			name: "InvalidParameterValue",
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
