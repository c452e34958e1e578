import { describe, expect, it } from "vitest";
import { paintIf } from "../../../../infra/cli/screen/color.ts";
import { deploymentState } from "../../../../infra/cli/status/deployment-state.ts";
import { deploymentLines } from "../../../../infra/cli/status/deployment-view.ts";
import type { Cell } from "../../../../shared/cells/model.ts";
import { secondsLater } from "../../../support/cells.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";
import { givenUp, launchedAtTheThirdAttempt, rejected, tableWith } from "../records.ts";
import { finished, inTheQueue, leavingOne, muchTried } from "../stories.ts";

const of = { deployment: "cellwright-prod", flags: " --deployment cellwright-prod" };
const now = secondsLater(600);

const stateOf = (cells: readonly Cell[], deadLetters: Parameters<typeof deploymentState>[2] = []) =>
	deploymentState(of, cells, deadLetters, now);

describe("how a deployment is", () => {
	it("counts phases, cost, the longest wait and the latest failures", async () => {
		const cells = [
			muchTried(),
			inTheQueue(),
			leavingOne(),
			rejected(),
			await givenUp(),
			finished(),
		];
		const state = stateOf(cells);
		expect(state.phases).toMatchObject({ Ready: 1, Scheduled: 2, Failed: 3, Booting: 0 });
		// An instance that is still to be ended costs as much as one that runs.
		expect(state.totals).toMatchObject({ cells: 4, instances: 3, hourlyUsd: 0.0213 });
		// The other one has waited only since it lost its machine.
		expect(state.waitsLongest).toMatchObject({ pod: "shop/report", seconds: 600 });
		expect(state.failures.map(({ reason }) => reason)).toEqual([
			"NoCapacity",
			"InstanceTerminated",
			"InvalidPod",
		]);
	});

	it.each([
		{ when: "there is nothing", cells: [], next: ["launch -f <file>"] },
		{ when: "all is well", cells: [muchTried()], next: ["list"] },
		{
			when: "a pod waits for long",
			cells: [inTheQueue()],
			next: ["explain shop/report", "list"],
		},
		{ when: "a pod failed", cells: [rejected()], next: ["status shop/typo", "list"] },
	])("says what to look at when $when", ({ cells, next }) => {
		expect(stateOf(cells).next.map(({ command }) => command)).toEqual(
			next.map((command) => `${command}${of.flags}`),
		);
	});

	it("names the queues with dead letters first of all", () => {
		const state = stateOf([rejected()], [{ queue: "cellwright-prod-lost-events", messages: 2 }]);
		expect(state.next[0]?.command).toBe("dead-letters --deployment cellwright-prod");
		expect(deploymentLines(state, "here", paintIf(false)).join("\n")).toContain(
			"2 dead in cellwright-prod-lost-events",
		);
	});

	it("fits 120 columns", async () => {
		const cells = [muchTried(), inTheQueue(), rejected(), await launchedAtTheThirdAttempt()];
		const lines = deploymentLines(stateOf(cells), "here", paintIf(false));
		expect(lines.filter((line) => line.length > 120)).toEqual([]);
		expect(lines).toContain("  cells      1 Scheduled, 1 Booting, 1 Ready, 1 Failed");
	});
});

describe("status without a pod", () => {
	it("ends with 3 where the queues can't be asked, and says which deployment was meant", async () => {
		const place = ["--deployment", "cellwright", "--endpoint", "http://127.0.0.1:1"];
		const { code, stderr } = await cellwright(await emptyFolder(), "status", ...place);
		expect(code).toBe(3);
		expect(stderr).toContain("looked in: at http://127.0.0.1:1, deployment cellwright");
	});

	it("is for tables that aren't there what it is for one pod", async () => {
		const place = ["--deployment", "other-dev", "--endpoint", await tableWith([])];
		const { code, stderr } = await cellwright(await emptyFolder(), "list", ...place);
		expect(code).toBe(3);
		expect(stderr).toMatch(/the table other-dev-cells doesn't exist\n.*\n {2}try: --deployment/);
	});
});
