import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { providerYaml } from "../support/provider-yaml.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

const parameter =
	"/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
let folder = "";
let watched: Awaited<ReturnType<typeof watchedStack>>;
let ec2: EC2Client;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "cellwright-"));
	const providerFile = join(folder, "provider.yaml");
	await writeFile(
		providerFile,
		providerYaml({
			cells: {
				bootImageSpec: `{imageIDs: "resolve:ssm:${parameter}"}`,
				volumeEncryption: "on",
				volumeKmsKeyID: "alias/cells",
			},
		}),
	);
	watched = await watchedStack({ providerFile });
	ec2 = new EC2Client({ ...laptopAws, endpoint: watched.stack.endpoints.ec2 });
});
afterAll(async () => {
	ec2.destroy();
	await watched.stack.stop();
	await rm(folder, { recursive: true });
});

describe("a boot image that Canonical's public parameter names", () => {
	it("boots a cell whose metadata service asks for tokens, and becomes ready", async () => {
		await watched.stack.enqueue(podScheduledBody("noble-1"));
		const { plan, instance } = await watched.cell("noble-1", "Ready");
		expect(plan.image).toMatchObject({
			name: expect.stringContaining("ubuntu-noble-24.04-amd64"),
			ownerId: "099720109477",
		});
		const { Reservations } = await ec2.send(
			new DescribeInstancesCommand({ InstanceIds: [instance.instanceId] }),
		);
		expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
			ImageId: plan.image.imageId,
			MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
		});
	});
});
