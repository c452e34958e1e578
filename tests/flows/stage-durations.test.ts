import { describe, expect, it } from "vitest";
import { stageDurationsMs } from "../../shared/flows/stage-durations.ts";
import { morning, secondsLater } from "../support/cells.ts";

const at = (seconds: number) => secondsLater(seconds).toISOString();
const born = {
	acceptedAt: at(1),
	plannedAt: at(4_003),
	launchedAt: at(4_007),
	answeredAt: at(4_060),
	readyAt: at(4_061),
};

describe("the stages of a birth", () => {
	it("last from the pod's message to its cell", () => {
		const { acceptedAt } = born;
		expect(stageDurationsMs({ sentAt: morning.toISOString(), acceptedAt })).toEqual({
			queue: 1_000,
		});
		expect(stageDurationsMs({ sentAt: morning.toISOString(), ...born })).toEqual({
			queue: 1_000,
			plan: 4_002_000,
			launch: 4_000,
			boot: 53_000,
			confirm: 1_000,
			total: 4_061_000,
		});
	});

	it("are of the current cell alone where the pod has lost one", () => {
		expect(
			stageDurationsMs({ sentAt: morning.toISOString(), ...born, againAt: at(4_000) }),
		).toEqual({ plan: 3_000, launch: 4_000, boot: 53_000, confirm: 1_000, total: 61_000 });
	});
});
