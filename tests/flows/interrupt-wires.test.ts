import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { cellIndexes } from "../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { booting, ready } from "../../shared/cells/transitions.ts";
import { interrupt } from "../../shared/flows/interrupt.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { dynamodbSetAsideList } from "../../shared/offerings/set-aside.dynamodb.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { elotlImage, simulator, subnets } from "../infra/local/ec2/simulator.ts";
import { aLaunchingCell, anImage, aPlan } from "../support/cells.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
const t3 = { instanceType: "t3.nano", capacityType: "spot", cpuCredits: "standard" } as const;

/** One deployment on EC2's and DynamoDB's own wires, with the events that EC2 sends; the clock is EC2's. */
async function deployment() {
	const queue: unknown[] = [];
	const { ec2, client, clock } = await simulator({
		onEventBridgeEvent: (event) => queue.push(event),
	});
	const server = await startDynamodb(
		[
			{ name: "cells", key: "podUid", streamed: true, indexes: cellIndexes },
			{ name: "offerings", key: "key", streamed: false },
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
	const lines: string[] = [];
	const setAside = dynamodbSetAsideList(dynamodb, "offerings", setAsideTimes(), now);
	const ports = {
		cells,
		index: dynamodbCellIndex(dynamodb, "cells"),
		fleet: ec2Fleet(client, "ours"),
		subnets: ec2Subnets(client, [subnets.a], now),
		setAside,
		rules: { bootAttempts: 3, replaceLost: true, lossesPerHour: 5, capacityTimeoutSeconds: 900 },
		now,
		log: aLog(lines),
		metrics: someMetrics(lines),
	};
	return {
		ec2,
		instances,
		setAside,
		lines,
		pass: (seconds: number) => clock.advance(seconds * 1000),
		standing: async (podUid: string) => await cells.get(podUid, signal),
		/** Delivers what EC2 has said since, twice, the last first: in no order that anybody could rely on. */
		async deliver() {
			const events = queue.splice(0).toReversed();
			for (const event of [...events, ...events]) await interrupt(event, ports, signal);
		},
		/** A cell of ours on a new spot instance. */
		async cell(podUid: string, phase: "Booting" | "Ready", controller = "ours") {
			const outcome = await instances.launch(
				aLaunchRequest({
					clientToken: `token-${podUid}`,
					offering: t3,
					image: anImage({ imageId: elotlImage, ownerId: "689494258501" }),
					subnetId: subnets.a,
					tags: { KipControllerID: controller, "cellwright.dev/pod-uid": podUid },
				}),
				signal,
			);
			const instance = outcome.outcome === "launched" ? outcome.instances[0] : undefined;
			if (instance === undefined) throw new Error(JSON.stringify(outcome));
			const plan = aPlan({ clientToken: `token-${podUid}`, subnetId: subnets.a });
			const record = booting(aLaunchingCell(podUid, plan), instance, now());
			if (controller === "ours")
				await cells.claim(phase === "Ready" ? ready(record, now(), now()) : record, signal);
			return instance;
		},
	};
}

it("EC2's own events say what became of each cell, in whatever order they come", async () => {
	const { ec2, instances, cell, deliver, pass, standing, lines } = await deployment();
	const [taken, ended, shutDown, kept, booted] = await Promise.all([
		cell("taken", "Ready"),
		cell("ended", "Ready"),
		cell("shut-down", "Ready"),
		cell("kept", "Ready"),
		cell("booted", "Booting"),
	]);
	const theirs = await cell("theirs", "Ready", "theirs");
	pass(60);
	const startsAt = new Date("2026-12-24T06:00:00.000Z");
	ec2.warnSpot(taken.instanceId);
	ec2.recommendRebalance(kept.instanceId);
	ec2.scheduleChange(kept.instanceId, startsAt);
	await deliver();
	expect(await standing("taken")).toMatchObject({
		phase: "Ready",
		notice: { reason: "SpotInterruption", deadline: expect.any(String) },
	});
	expect(await standing("kept")).toMatchObject({
		notice: { reason: "ScheduledChange", deadline: startsAt.toISOString() },
	});

	pass(120);
	await instances.terminate(ended.instanceId, signal);
	await instances.terminate(theirs.instanceId, signal);
	ec2.endAs(shutDown.instanceId, { code: "Client.InstanceInitiatedShutdown" });
	ec2.endAs(booted.instanceId, { code: "Client.InternalError" });
	pass(300);
	await deliver();
	for (const [podUid, reason] of [
		["taken", "SpotInterrupted"],
		["ended", "InstanceEnded"],
		["shut-down", "InstanceShutDown"],
		["booted", "InstanceFailed"],
	] as const)
		expect(await standing(podUid)).toMatchObject({
			phase: "Scheduled",
			version: podUid === "taken" ? 2 : 1,
			losses: [{ reason }],
		});
	expect(await standing("kept")).toMatchObject({ phase: "Ready" });
	expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

it("EC2's late want of capacity is a refusal, for every worker", async () => {
	const { ec2, cell, deliver, pass, standing, setAside } = await deployment();
	ec2.failPending({ instanceType: t3.instanceType });
	await cell("doomed", "Booting");
	pass(60);
	await deliver();
	const code = "Server.InsufficientInstanceCapacity";
	expect(await standing("doomed")).toMatchObject({
		phase: "Scheduled",
		losses: [],
		refusals: [{ reason: "no-capacity", code }],
	});
	expect(await setAside.standing(signal)).toMatchObject([{ code, ruledOut: { what: "offering" } }]);
});
