import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { storyOf } from "../../../../infra/cli/status/pod-story.ts";
import { storyLines } from "../../../../infra/cli/status/status-view.ts";
import type { Cell } from "../../../../shared/cells/model.ts";
import { Cell as CellSchema } from "../../../../shared/cells/model.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";
import { givenUp, launchedAtTheThirdAttempt, neverAsked, rejected, tableWith } from "../records.ts";
import { finished, inTheQueue, leavingOne, muchTried } from "../stories.ts";

const status = async (cells: readonly Cell[], ...args: readonly string[]) =>
	await cellwright(await emptyFolder(), "status", ...args, "--endpoint", await tableWith(cells));

const happened = (cell: Cell) =>
	storyOf(cell).happenings.map(
		({ attempt, what }) => `${attempt === undefined ? "" : `#${attempt} `}${what}`,
	);

describe("docs/status.md", () => {
	it("shows what the command prints (vitest -u writes it anew)", async () => {
		const { code, stdout, stderr } = await status([muchTried()], "shop/report");
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		const page = readFileSync("docs/status.md", "utf8");
		const block = /^```text status shop\/report\n[\s\S]*?^```$/gm;
		expect(page.match(block)).toHaveLength(1);
		const current = page.replace(block, () => `\`\`\`text status shop/report\n${stdout}\`\`\``);
		await expect(current).toMatchFileSnapshot("../../../../docs/status.md");
	});
});

describe("a pod's story", () => {
	it.each([
		{
			what: "refusals, warnings, losses and attempts in the order of time",
			cell: muchTried(),
			story: [
				"sent",
				"accepted",
				"#1 refused",
				"#2 launched",
				"#2 ready",
				"#2 lost",
				"#3 launched",
				"#3 lost",
				"#4 planned",
				"#4 launched",
				"#4 answered",
				"#4 ready",
			],
		},
		{
			what: "an instance that the pod has lost",
			cell: leavingOne(),
			story: ["sent", "accepted", "#1 launched", "#1 ready", "#1 lost"],
		},
		{
			what: "each instance once, though a failed pod's last one is among its losses",
			cell: finished(),
			story: ["sent", "accepted", "#1 planned", "#1 launched", "#1 ready", "#1 lost", "failed"],
		},
		{ what: "pods that never had a plan", cell: inTheQueue(), story: ["sent", "accepted"] },
		{
			what: "pods that can't be launched",
			cell: rejected(),
			story: ["accepted", "failed", "settled"],
		},
		{
			what: "pods that were gone before",
			cell: neverAsked(),
			story: ["accepted", "ended", "settled"],
		},
	])("tells of $what", ({ cell, story }) => {
		expect(happened(cell)).toEqual(story);
	});

	it.each([
		{
			what: "an instance that must end first",
			cell: leavingOne(),
			waits: [
				"i-0123456789abcdef1 is ended before the next one is asked for",
				"InstanceStopped: somebody has stopped it",
				"given up at 2026-11-23T08:16:40.000Z, if it has no instance by then",
			],
		},
		{
			what: "a turn at EC2",
			cell: inTheQueue(),
			waits: [
				"WaitingForTurn: EC2 is asked at 2026-11-23T08:00:40.000Z",
				"its turn at EC2 is at 2026-11-23T08:00:40.000Z",
				"given up at 2026-11-23T08:15:40.000Z, if it has no instance by then",
			],
		},
		{ what: "nothing", cell: muchTried(), waits: [] },
	])("says that the pod waits for $what", ({ cell, waits }) => {
		expect(storyOf(cell).waits).toEqual(waits);
	});

	it("fits 120 columns, and what a machine wrote steers no terminal", async () => {
		const cells = [muchTried(), leavingOne(), finished(), await launchedAtTheThirdAttempt()];
		for (const cell of cells) {
			for (const line of storyLines(storyOf(CellSchema.parse(cell)))) {
				expect(line.length).toBeLessThanOrEqual(120);
				expect(line).not.toMatch(/\p{Cc}/u);
			}
		}
	});
});

describe("status", () => {
	it("is 1 where a pod failed, by uid or by name", async () => {
		expect((await status([rejected()], "wrong-one")).code).toBe(1);
		expect((await status([rejected()], "shop/typo")).code).toBe(1);
	});

	it("shows every record of a name, and judges by the latest", async () => {
		const cells = [await givenUp(), await launchedAtTheThirdAttempt()];
		const { code, stdout } = await status(cells, "shop/checkout");
		expect(code).toBe(0);
		expect(stdout.match(/^shop\/checkout/gm)).toHaveLength(2);
	});

	it("is for programs as well, with all that was kept", async () => {
		const { stdout } = await status([muchTried()], "shop/report", "--output", "json");
		const { pods } = JSON.parse(stdout);
		expect(pods).toMatchObject([
			{
				pod: { namespace: "shop", name: "report" },
				phase: "Ready",
				attempt: 4,
				waits: [],
				stagesMs: { launch: 1000, boot: 61_000 },
			},
		]);
		const evidence = pods[0].happenings.flatMap(
			(each: { evidence?: object }) => each.evidence ?? [],
		);
		expect(evidence).toMatchObject([
			{ stateReason: "Server.SpotInstanceTermination: Spot instance termination" },
			{ console: expect.stringContaining("Linux version") },
		]);
	});

	it("names every pod without a record", async () => {
		const { code, stderr } = await status([], "shop/nobody", "no-uid");
		expect(code).toBe(2);
		expect(stderr).toContain("shop/nobody: has no record");
		expect(stderr).toContain("no-uid: has no record");
	});
});
