import { EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { upSwitches } from "../../../../infra/cli/up/up-console.ts";
import { type UpOptions, upSettingsFrom } from "../../../../infra/cli/up/up-options.ts";
import { laptopAws } from "../../../../infra/local/laptop-aws.ts";
import { startLaptopEc2 } from "../../../../infra/local/laptop-ec2.ts";
import { ec2Instances } from "../../../../shared/instances/instances.ec2.ts";
import { anImage } from "../../../support/cells.ts";
import { launchPorts } from "../../../support/launch-ports.ts";
import { aLaunchRequest } from "../../../support/launch-request.ts";

const { config } = launchPorts().ports;
const { signal } = new AbortController();

/** The switches of an EC2 that was started with these flags, and how it answers a launch of t3a.small in a zone. */
async function up(flags: Partial<UpOptions>) {
	const options = {
		once: false,
		provider: "provider.yaml",
		pods: "pods",
		bootSeconds: "3",
		console: true,
		withoutCapacity: [],
		neverBoots: [],
		...flags,
	};
	const settings = upSettingsFrom(options);
	const ec2 = await startLaptopEc2(config, settings.switches);
	const switches = upSwitches(ec2, settings, options.neverBoots);
	const client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint, maxAttempts: 1 });
	onTestFinished(async () => {
		switches.stop();
		client.destroy();
		await ec2.close();
	});
	const imageId = ec2.images.find(({ architecture }) => architecture === "x86_64")?.imageId;
	let tokens = 0;
	const launch = async (zone: number) => {
		const request = aLaunchRequest({
			clientToken: `token-${++tokens}`,
			image: anImage({ imageId: imageId ?? "" }),
			subnetId: config.aws.subnetIds[zone] ?? "",
		});
		const outcome = await ec2Instances(client, client).launch(request, signal);
		return outcome.outcome === "refused" ? outcome.reason : outcome.outcome;
	};
	return { switches, launch };
}

describe("up's flags", () => {
	it("take capacity away, and nothing else", async () => {
		const { launch } = await up({
			throttling: "10",
			withoutCapacity: ["t3a.*@us-east-1a", "*/spot"],
		});
		expect([await launch(0), await launch(1)]).toEqual(["no-capacity", "launched"]);
	});

	it("give it back after its time", async () => {
		const { launch, switches } = await up({
			throttling: "10",
			withoutCapacity: ["t3a.small"],
			capacityReturnsAfter: "1",
		});
		expect(await launch(0)).toBe("no-capacity");
		await vi.waitFor(() => expect(switches.state().withoutCapacity).toEqual([]), {
			timeout: 10_000,
		});
		expect(await launch(0)).toBe("launched");
	});

	it("are how the switchboard stands at the start", async () => {
		const { switches } = await up({
			bootSeconds: "20:0.1",
			throttling: "0.5",
			withoutCapacity: ["t3a.small/spot"],
			neverBoots: ["web-*:1"],
		});
		expect(switches.state()).toMatchObject({
			withoutCapacity: [{ pattern: "t3a.small/spot" }],
			throttling: 0.5,
			bootSeconds: 20,
			neverBoots: false,
			log: [
				{ text: "as started: cells of such pods never boot: web-*:1" },
				{ text: "there is no capacity for t3a.small/spot" },
			],
		});
	});
});
