import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { cellIndexes } from "../../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../../infra/local/dynamodb.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";
import { dynamodbCellIndex } from "../../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../../shared/cells/store.dynamodb.ts";
import { booting, ready } from "../../../shared/cells/transitions.ts";
import { sweep } from "../../../shared/flows/janitor/sweep.ts";
import { ec2Fleet } from "../../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../../shared/instances/instances.ec2.ts";
import { dynamodbCellLimits } from "../../../shared/limits/limits.dynamodb.ts";
import { dynamodbSightings } from "../../../shared/sightings/sightings.dynamodb.ts";
import { elotlImage, simulator, subnets } from "../../infra/local/ec2/simulator.ts";
import { aLaunchingCell, anImage, aPlan } from "../../support/cells.ts";
import { janitorWorld } from "../../support/janitor-world.ts";
import { aLaunchRequest } from "../../support/launch-request.ts";

const { signal } = new AbortController();

/** The janitor of one deployment on EC2's and DynamoDB's own wires; the clock is EC2's. */
const deployment = async () => {
	const { ec2, client, clock } = await simulator();
	const server = await startDynamodb(
		[
			{ name: "cells", key: "podUid", streamed: true, indexes: cellIndexes },
			{ name: "ledger", key: "key", streamed: false },
		],
		() => {},
	);
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	onTestFinished(async () => {
		dynamodb.destroy();
		await server.close();
	});
	const now = () => new Date(clock.nowMs());
	const instances = ec2Instances(client, client);
	const cells = dynamodbCells(dynamodb, "cells", now);
	const ports = {
		...janitorWorld().ports,
		cells,
		index: dynamodbCellIndex(dynamodb, "cells"),
		fleet: ec2Fleet(client, "ours"),
		instances,
		limits: dynamodbCellLimits(dynamodb, "ledger", { cells: 10, hourlyUsd: undefined }, now),
		sightings: dynamodbSightings(dynamodb, "ledger", now),
		now,
	};
	const launch = async (podUid: string, controller: string) => {
		const outcome = await instances.launch(
			aLaunchRequest({
				clientToken: `token-${podUid}-${controller}`,
				offering: { instanceType: "t3.nano", capacityType: "on-demand" },
				image: anImage({ imageId: elotlImage, ownerId: "689494258501" }),
				subnetId: subnets.a,
				tags: { KipControllerID: controller, "cellwright.dev/pod-uid": podUid },
			}),
			signal,
		);
		const instance = outcome.outcome === "launched" ? outcome.instances[0] : undefined;
		if (instance === undefined) throw new Error(JSON.stringify(outcome));
		return instance;
	};
	return {
		ec2,
		cells,
		instances,
		launch,
		now,
		run: async () => await sweep(ports, signal),
		pass: (seconds: number) => clock.advance(seconds * 1000),
		state: (instanceId: string) => ec2.instance(instanceId)?.state,
	};
};

it("ends what is nobody's, loses what is gone, and never touches another deployment's machines", async () => {
	const { cells, instances, launch, now, run, pass, state } = await deployment();
	const mine = await launch("mine", "ours");
	const launching = aLaunchingCell("mine", aPlan({ clientToken: "token-mine-ours" }));
	await cells.claim(ready(booting(launching, mine, now()), now(), now()), signal);
	const orphan = await launch("nobody", "ours");
	const theirs = await launch("nobody", "theirs");
	pass(300);
	expect(await run()).toEqual({ finished: true, unaccounted: 0, failures: 0 });
	expect(state(orphan.instanceId)).toBe("running");
	pass(300);
	expect(await run()).toEqual({ finished: true, unaccounted: 0, failures: 0 });
	pass(60);
	expect(state(orphan.instanceId)).toBe("terminated");
	expect(state(mine.instanceId)).toBe("running");
	expect(state(theirs.instanceId)).toBe("running");

	await instances.terminate(mine.instanceId, signal);
	pass(60);
	expect(await run()).toEqual({ finished: true, unaccounted: 1, failures: 0 });
	expect(await cells.get("mine", signal)).toMatchObject({
		phase: "Scheduled",
		leaving: { instance: { instanceId: mine.instanceId } },
		losses: [{ reason: "InstanceGone", message: expect.stringContaining("UserInitiated") }],
	});
	expect(state(theirs.instanceId)).toBe("running");
});
