import { describe, expect, it } from "vitest";
import { janitorHandler } from "../../functions/janitor/handler.ts";
import type { JanitorPorts } from "../../shared/flows/janitor/ports.ts";
import { aScheduledCell } from "../support/cells.ts";
import { janitorWorld } from "../support/janitor-world.ts";

/** A run that may take so long, with whatever a schedule sends. */
const invoked = async (ports: JanitorPorts, remainingMs = 60_000, event: unknown = {}) => {
	const context = { awsRequestId: "1", getRemainingTimeInMillis: () => remainingMs };
	return await janitorHandler(ports)(event, context as never);
};

describe("the janitor function", () => {
	it.each([
		{ when: "EventBridge's", event: { "detail-type": "Scheduled Event", detail: {} } },
		{ when: "none", event: null },
		{ when: "a text", event: "now" },
	])("runs whatever event calls it, and says what came of it: $when", async ({ event }) => {
		const { ports, claim, pass, woken } = janitorWorld();
		await claim(aScheduledCell("stuck"));
		pass(600);
		const outcome = { finished: true, unaccounted: 1, failures: 0 };
		expect(await invoked(ports, 60_000, event)).toEqual(outcome);
		expect(woken).toEqual(["stuck"]);
	});

	it("ends by itself before Lambda would stop it", async () => {
		const { ports } = janitorWorld();
		const living = async (until: AbortSignal): Promise<never> =>
			await new Promise((_, reject) => {
				until.addEventListener("abort", () => reject(until.reason));
			});
		const fleet = { ...ports.fleet, living };
		expect(await invoked({ ...ports, fleet }, 3_010)).toMatchObject({
			finished: false,
			failures: 0,
		});
	});

	it("fails its invocation when nothing can be known, and says why once", async () => {
		const { ports, lines } = janitorWorld();
		const unsettled = () => Promise.reject(new Error("the table is away"));
		const index = { ...ports.index, unsettled };
		await expect(invoked({ ...ports, index })).rejects.toThrow("the table is away");
		expect(lines.filter((line) => line.includes("the table is away"))).toHaveLength(1);
	});
});
