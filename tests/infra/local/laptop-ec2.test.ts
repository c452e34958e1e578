import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, it } from "vitest";
import type { Ec2BusEvent } from "../../../infra/local/ec2/eventbridge.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";
import { type LaptopEc2Options, startLaptopEc2 } from "../../../infra/local/laptop-ec2.ts";
import { ec2Instances } from "../../../shared/instances/instances.ec2.ts";
import { anImage } from "../../support/cells.ts";
import { launchPorts } from "../../support/launch-ports.ts";
import { aLaunchRequest } from "../../support/launch-request.ts";

const { config } = launchPorts().ports;
const { signal } = new AbortController();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

/** How that EC2 answers a launch of t3a.small: the reason of a refusal, or `launched`. */
async function laptop(options: LaptopEc2Options) {
	const ec2 = await startLaptopEc2(config, { throttling: false, ...options });
	const client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint, maxAttempts: 1 });
	closers.push(async () => {
		client.destroy();
		await ec2.close();
	});
	const imageId = ec2.images.find(({ architecture }) => architecture === "x86_64")?.imageId;
	let tokens = 0;
	return async (zone: number) => {
		const request = aLaunchRequest({
			clientToken: `token-${++tokens}`,
			image: anImage({ imageId: imageId ?? "" }),
			subnetId: config.aws.subnetIds[zone] ?? "",
		});
		const outcome = await ec2Instances(client, client).launch(request, signal);
		return outcome.outcome === "refused" ? outcome.reason : outcome.outcome;
	};
}

describe("a laptop's EC2", () => {
	it("tells what EventBridge delivers, from the operator's Region", async () => {
		const events: Ec2BusEvent[] = [];
		const launch = await laptop({ onEventBridgeEvent: (event) => events.push(event) });
		expect(await launch(0)).toBe("launched");
		expect(events[0]).toMatchObject({ region: config.aws.region, detail: { state: "pending" } });
	});
});
