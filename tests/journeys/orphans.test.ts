import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../infra/local/ec2/clock.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

let watched: Awaited<ReturnType<typeof watchedStack>>;
let ec2: EC2Client;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
	watched = await watchedStack({
		janitorEverySeconds: 0,
		ec2: {
			bootTime: { medianMs: 300, spread: 0.2 },
			throttling: 10,
			// The janitor leaves machines alone that launch may not have heard of yet: these are old at once.
			clock: { ...systemClock, nowMs: () => Date.now() - 600_000 },
		},
	});
	const { endpoints } = watched.stack;
	ec2 = new EC2Client({ ...laptopAws, endpoint: endpoints.ec2 });
	dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: endpoints.dynamodb });
});
afterAll(async () => {
	ec2.destroy();
	dynamodb.destroy();
	await watched.stack.stop();
});

/** A machine that no record knows, of this deployment or of another one. */
async function machineOf(controllerId: string): Promise<string> {
	const { Instances = [] } = await ec2.send(
		new RunInstancesCommand({
			ImageId: watched.stack.ec2.images[0]?.imageId,
			InstanceType: "t3a.small",
			SubnetId: watched.stack.ec2.zones[0]?.subnetId,
			MinCount: 1,
			MaxCount: 1,
			ClientToken: `nobodys-${controllerId}`,
			TagSpecifications: [
				{
					ResourceType: "instance",
					Tags: [
						{ Key: "KipControllerID", Value: controllerId },
						{ Key: "cellwright.dev/pod-uid", Value: "nobody" },
					],
				},
			],
		}),
	);
	return Instances[0]?.InstanceId ?? "";
}

/** As if the first sighting had been ten minutes ago. */
async function tenMinutesLater(instanceId: string): Promise<void> {
	await dynamodb.send(
		new UpdateItemCommand({
			TableName: names.ledger,
			Key: { key: { S: `sighting#${instanceId}` } },
			UpdateExpression: "SET firstSeenAt = :then",
			ExpressionAttributeValues: { ":then": { S: new Date(Date.now() - 600_000).toISOString() } },
		}),
	);
}

describe("the janitor", () => {
	it("ends a machine that nobody owns at the second sighting, and no other", async () => {
		const { stack, cell } = watched;
		await stack.enqueue(podScheduledBody("owned"));
		const { instance } = await cell("owned", "Ready");
		const nobodys = await machineOf(names.controllerId);
		const anothers = await machineOf("another");
		const state = (instanceId: string) => stack.ec2.instance(instanceId)?.state;
		await expect.poll(() => state(nobodys), { timeout: 60_000 }).toBe("running");

		await stack.runJanitor();
		expect(state(nobodys)).toBe("running");
		await tenMinutesLater(nobodys);
		await stack.runJanitor();
		expect(state(nobodys)).toMatch(/^(shutting-down|terminated)$/);
		expect(state(anothers)).toBe("running");
		expect(state(instance.instanceId)).toBe("running");
	});
});
