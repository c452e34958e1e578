import { describe, expect, it } from "vitest";
import { again, failed, left, noticed, ready } from "../../shared/cells/transitions.ts";
import { StatusEvent, statusOf } from "../../shared/status/model.ts";
import { aBootingCell, anInstance, morning, secondsLater } from "../support/cells.ts";

const cell = ready(aBootingCell(), morning, morning);
const why = { reason: "SpotInterrupted", message: "EC2 took the spot instance back" };
const notice = {
	reason: "SpotInterruption",
	message: "EC2 takes the spot instance back: terminate",
	at: morning.toISOString(),
	deadline: secondsLater(120).toISOString(),
} as const;

describe("the status of a cell", () => {
	it("tells of a warning while it stands, and no longer", () => {
		const atRisk = noticed(cell, notice, morning);
		expect(statusOf(atRisk)).toMatchObject({ phase: "Ready", notice });
		const next = again(atRisk, why, secondsLater(900), morning);
		expect(statusOf(next)).not.toHaveProperty("notice");
	});

	it("says nothing of losses to a pod that has had none", () => {
		expect(statusOf(cell)).not.toHaveProperty("losses");
	});

	it("counts the losses and shows the last one, without its evidence", () => {
		const evidence = { at: morning.toISOString(), console: "the machine's own words", missing: [] };
		const waiting = left(again(cell, why, secondsLater(900), morning), evidence);
		expect(waiting.losses[0]).toHaveProperty("evidence");
		const second = anInstance({ instanceId: "i-0fedcba9876543210" });
		const lostTwice = again(
			{ ...cell, instance: second, losses: waiting.losses },
			why,
			secondsLater(900),
			secondsLater(60),
		);
		for (const [record, count, instanceId] of [
			[waiting, 1, cell.instance.instanceId],
			[lostTwice, 2, second.instanceId],
			[failed({ ...cell, losses: waiting.losses }, why, morning), 2, cell.instance.instanceId],
		] as const) {
			const status = statusOf(record);
			expect(StatusEvent.parse(status)).toEqual(status);
			expect(status.losses).toMatchObject({ count, last: { instanceId, ...why } });
			expect(JSON.stringify(status)).not.toContain("the machine's own words");
		}
	});
});
