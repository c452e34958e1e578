import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { onTestFinished } from "vitest";
import { cellIndexes } from "../../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../../infra/local/dynamodb.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";
import { laptopZones } from "../../../infra/local/laptop-ec2.ts";
import { names } from "../../../infra/local/names.ts";
import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import type { Cell, CellIn, Refusal } from "../../../shared/cells/model.ts";
import { cellNameOf } from "../../../shared/cells/naming.ts";
import { dynamodbCells } from "../../../shared/cells/store.dynamodb.ts";
import {
	booting,
	failed,
	launching,
	refused,
	scheduled,
	stillborn,
	tombstone,
	waiting,
} from "../../../shared/cells/transitions.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import { offeringChooser } from "../../../shared/flows/choose-offering.ts";
import { packagedCatalogue } from "../../../shared/offerings/catalogue.ts";
import type { Decision, Offering, Subnet } from "../../../shared/offerings/model.ts";
import { anInstance, aPlan, aRequest, morning, secondsLater } from "../../support/cells.ts";

/** A cells table with these records, at an endpoint; and other tables, which are empty. */
export async function tableWith(
	cells: readonly Cell[],
	otherTables: readonly string[] = [],
): Promise<string> {
	const server = await startDynamodb(
		[
			{ name: names.cells, key: "podUid", streamed: false, indexes: cellIndexes },
			...otherTables.map((name) => ({ name, key: "key", streamed: false })),
		],
		() => undefined,
	);
	const client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	const store = dynamodbCells(client, names.cells, () => morning);
	for (const cell of cells) await store.claim(cell, new AbortController().signal);
	client.destroy();
	onTestFinished(async () => await server.close());
	return server.endpoint;
}

const uid = "7d3f0c5e-2b1a-4c7e-9a51-0f6e1d2c3b4a";
const request = aRequest({
	requirements: {
		cpuMillis: 2_000,
		memoryMib: 4_096,
		accelerators: [],
		capacityType: "on-demand",
		labelTerms: [],
		origins: ["cpu 2: limits of container api", "memory 4Gi: limits of container api"],
	},
	volumeGib: 20,
});

const newCheckout = (podUid = uid, at = morning) =>
	scheduled(
		{ uid: podUid, namespace: "shop", name: "checkout" },
		cellNameOf(podUid),
		request,
		at,
		undefined,
	);

/** What would be chosen while EC2 refuses these zones' offerings of a type. */
async function chosen(
	refusals: readonly Refusal[],
): Promise<Readonly<{ decision: Decision; offering: Offering; subnet: Subnet }>> {
	const { config } = await loadProvider("provider.yaml", checkCloudInit);
	const { region, subnetIds } = config.aws;
	const catalogue = packagedCatalogue(region);
	const subnets = laptopZones(region, subnetIds).map((zone) => ({ ...zone, freeAddresses: 100 }));
	const choose = offeringChooser(config, async () => catalogue);
	const isRefused = ({ instanceType, zoneId }: Offering) =>
		refusals.some((each) => each.instanceType === instanceType && each.zoneId === zoneId);
	const { decision, offering } = await choose(request, subnets, isRefused, uid);
	const subnet = subnets.find(({ zoneId }) => zoneId === offering?.zoneId);
	if (offering === undefined || subnet === undefined) throw new RangeError("something must fit");
	return { decision, offering, subnet };
}

/** The next attempt, which EC2 refuses. */
async function turnedDown(cell: CellIn<"Scheduled">): Promise<CellIn<"Scheduled">> {
	const { decision, offering, subnet } = await chosen(cell.refusals);
	const attempt = cell.attempt + 1;
	const at = secondsLater(attempt).toISOString();
	const { instanceType, zoneId, capacityType } = offering;
	const refusal: Refusal = {
		attempt,
		instanceType,
		zoneId,
		zone: subnet.zone,
		subnetId: subnet.subnetId,
		capacityType,
		reason: "no-capacity",
		code: "InsufficientInstanceCapacity",
		message: `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${subnet.zone}). Our system will be working on provisioning additional capacity.`,
		at,
	};
	const planned = launching(
		cell,
		aPlan({ attempt, offering }),
		decision,
		"w",
		secondsLater(attempt),
	);
	const why = { reason: refusal.code, message: refusal.message };
	return waiting(refused(planned, refusal), why, secondsLater(attempt));
}

/** A pod that EC2 refused twice, and then gave what was next in price. */
export async function launchedAtTheThirdAttempt(): Promise<Cell> {
	const cell = await turnedDown(await turnedDown(newCheckout()));
	const { decision, offering, subnet } = await chosen(cell.refusals);
	const planned = launching(
		cell,
		aPlan({ attempt: 3, offering, zone: subnet.zone }),
		decision,
		"worker",
		secondsLater(3),
	);
	const { instanceType } = offering;
	return booting(planned, anInstance({ instanceType }), secondsLater(4));
}

/** A pod of the same name that was given up while EC2 refused. */
export async function givenUp(): Promise<Cell> {
	const cell = await turnedDown(newCheckout("older", secondsLater(-3_600)));
	const why = { reason: "NoCapacity", message: "EC2 refused everything that fits" };
	return failed(cell, why, secondsLater(900));
}

/** A pod that is wrong as it is written. */
export const rejected = (): Cell =>
	stillborn(
		{ uid: "wrong-one", namespace: "shop", name: "typo" },
		cellNameOf("wrong-one"),
		{ reason: "InvalidPod", message: "spec.a: is wrong (found: 1\u001b[31m)\nspec.b: is missing" },
		morning,
		undefined,
	);

/** A pod that was deleted before anybody asked for its cell. */
export const neverAsked = (): Cell =>
	tombstone(
		{ uid: "gone", namespace: "shop", name: "gone" },
		cellNameOf("gone"),
		{ reason: "PodDeleted", message: "the pod was deleted" },
		morning,
		undefined,
	);
