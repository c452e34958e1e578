import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEc2 } from "../../infra/local/ec2/server.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { newestImage } from "../../shared/images/newest.ts";
import { Architecture } from "../../shared/offerings/model.ts";

/** What `npm start` runs: this repository's provider.yaml against the simulated EC2. */
describe("provider.yaml's images on the simulated EC2", () => {
	const { signal } = new AbortController();
	let ec2: Awaited<ReturnType<typeof startEc2>>;
	let client: EC2Client;

	beforeAll(async () => {
		ec2 = await startEc2({ types: {} });
		client = new EC2Client({
			endpoint: ec2.endpoint,
			region: "us-east-1",
			credentials: { accessKeyId: "test", secretAccessKey: "test" },
		});
	});
	afterAll(async () => {
		client.destroy();
		await ec2.close();
	});

	it.each(Architecture.options)("hold one for %s", async (architecture) => {
		const { config } = await loadProvider("provider.yaml", checkCloudInit);
		const spec = config.cells.bootImages[architecture];
		const found = await ec2Images(client).find(spec ?? {}, architecture, signal);
		expect(spec).toBeDefined();
		expect(newestImage(found, new Date())).toMatchObject({
			architecture,
			ownerId: "689494258501",
			rootDevice: { name: "/dev/xvda", sizeGib: 4 },
		});
	});

	it("are not the deprecated ones", async () => {
		const found = await ec2Images(client).find({}, "x86_64", signal);
		const deprecated = ec2.images.filter(({ deprecationTime }) => deprecationTime !== undefined);
		expect(deprecated).not.toEqual([]);
		for (const { imageId } of deprecated) {
			expect(found.map((image) => image.imageId)).not.toContain(imageId);
		}
	});

	it("may be deprecated where there is no other", async () => {
		const deprecated = ec2.images.find(({ deprecationTime }) => deprecationTime !== undefined);
		const spec = { imageIDs: deprecated?.imageId ?? "" };
		expect(await ec2Images(client).find(spec, "x86_64", signal)).toMatchObject([
			{ imageId: deprecated?.imageId, deprecationTime: deprecated?.deprecationTime },
		]);
	});
});
