import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../infra/local/ec2/clock.ts";
import { httpsAgent } from "../../../../shared/agent/client.https.ts";
import { userDataRenderer } from "../../../../shared/bootstrap/user-data.ts";
import { ec2Images } from "../../../../shared/images/images.ec2.ts";
import { newestImage } from "../../../../shared/images/newest.ts";
import { ec2Instances } from "../../../../shared/instances/instances.ec2.ts";
import { anAuthority, anIdentityPlan } from "../../../support/authorities.ts";
import { group, simulator, subnets } from "../ec2/simulator.ts";

describe("the code that is deployed", () => {
	it("finds an image, launches a cell, and knows it by its certificate", async () => {
		const { ec2, client } = await simulator({
			clock: systemClock,
			faultOf: () => "none",
			bootTime: { medianMs: 0, spread: 0 },
		});
		const { signal } = new AbortController();
		const image = newestImage(await ec2Images(client).find({}, "x86_64", signal), new Date());
		if (image === undefined) throw new Error("no image");
		const { issuer } = anAuthority();
		const cell = issuer.cell(anIdentityPlan());
		const other = issuer.cell(anIdentityPlan({ cellName: "cell-other" }));
		const render = userDataRenderer({ cellConfig: {} });
		const serving = new Promise((resolve) => ec2.events.once("agent", resolve));
		const instances = ec2Instances(client, client);
		const request = {
			clientToken: "default-web-1",
			offering: { instanceType: "m5.large", capacityType: "on-demand" },
			subnetId: subnets.a,
			image,
			volumeGib: 8,
			metadataTokens: "optional",
			securityGroupIds: [group],
			privateAddressOnly: true,
			userData: render(cell.credentials, "x86_64"),
			tags: { Name: "web" },
		} as const;
		const launched = await instances.launch(request, signal);
		if (launched.outcome !== "launched") throw new Error(launched.message);
		expect(await instances.launch(request, signal)).toEqual(launched);
		await serving;
		const [instance] = launched.instances;
		if (instance === undefined) throw new Error("no instance");
		const { address, instanceId } = instance;
		const reader = issuer.client(new Date(), 3_600);
		const ping = (fingerprint: string) => httpsAgent().ping(address, fingerprint, reader, signal);
		expect(await ping(cell.fingerprint)).toEqual({ answer: "pong" });
		expect(await ping(other.fingerprint)).toMatchObject({
			answer: "impostor",
			reason: "CertificateNotPinned",
		});
		await instances.terminate(instanceId, signal);
		expect(await instances.byToken("default-web-1", 0, signal)).toBeUndefined();
	});
});
