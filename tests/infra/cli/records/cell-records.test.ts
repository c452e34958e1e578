import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, it, onTestFinished, vi } from "vitest";
import { patience } from "../../../../client/patience.ts";
import { placeOf } from "../../../../infra/cli/place/place.ts";
import { cellRecords } from "../../../../infra/cli/records/cell-records.ts";
import { laptopAws } from "../../../../infra/local/laptop-aws.ts";
import { names } from "../../../../infra/local/names.ts";
import { aScheduledCell } from "../../../support/cells.ts";
import { tableWith } from "../records.ts";

it("shows every record that can be read, and names the one that can't, once", async () => {
	const endpoint = await tableWith([aScheduledCell("a"), aScheduledCell("c")]);
	const settings = { ...laptopAws, endpoint };
	const dynamodb = new DynamoDBClient(settings);
	const odd = { podUid: "b\u001b[2J", phase: "Hibernating", version: 1 };
	await dynamodb.send(new PutItemCommand({ TableName: names.cells, Item: marshall(odd) }));
	dynamodb.destroy();
	const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
	onTestFinished(() => said.mockRestore());
	const records = cellRecords({
		...placeOf({ endpoint }),
		resource: () => names.cells,
		client: () => ({ ...settings, requestHandler: patience }),
	});
	onTestFinished(() => records.close());
	for (let look = 0; look < 2; look++)
		expect((await records.all()).map(({ podUid }) => podUid).sort()).toEqual(["a", "c"]);
	expect(said.mock.calls).toEqual([
		[
			expect.stringMatching(
				/^pod uid b\uFFFD\[2J is left out: its record isn't of this version \(phase: /,
			),
		],
	]);
});
