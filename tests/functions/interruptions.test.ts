import { describe, expect, it } from "vitest";
import { interruptionsHandler } from "../../functions/interruptions/handler.ts";
import type { CellIndex } from "../../shared/cells/model.ts";
import { ready } from "../../shared/cells/transitions.ts";
import { aBootingCell, anInstance, morning } from "../support/cells.ts";
import { spotWarning } from "../support/ec2-events.ts";
import { memoryCells } from "../support/memory-cells.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 };
const cell = ready(aBootingCell(), morning, morning);

async function handlerOver(byInstance?: CellIndex["byInstance"]) {
	const lines: string[] = [];
	const cells = memoryCells();
	const { signal } = new AbortController();
	await cells.claim(cell, signal);
	const handler = interruptionsHandler({
		index: byInstance === undefined ? cells : { byInstance },
		cells,
		fleet: { find: async () => undefined },
		subnets: { list: async () => [] },
		setAside: { add: async () => [] },
		rules: { bootAttempts: 3, replaceLost: true, lossesPerHour: 5, capacityTimeoutSeconds: 900 },
		now: () => morning,
		log: aLog(lines),
		metrics: someMetrics(lines),
	});
	return {
		errors: () => lines.filter((line) => line.includes('"level":"error"')),
		standing: async () => await cells.get(cell.podUid, signal),
		invoke: async (event: unknown) => await handler(event, context as never),
	};
}

describe("the interruptions function", () => {
	const event = spotWarning(anInstance().instanceId, morning);

	it("writes what an event says on the record", async () => {
		const { invoke, standing, errors } = await handlerOver();
		await invoke(event);
		expect(await standing()).toMatchObject({ notice: { reason: "SpotInterruption" } });
		expect(errors()).toEqual([]);
	});

	it("fails its invocation, so that Lambda repeats it, and says why once", async () => {
		const { invoke, errors } = await handlerOver(() => Promise.reject(new Error("table away")));
		await expect(invoke(event)).rejects.toThrow("table away");
		expect(errors()).toEqual([expect.stringContaining("table away")]);
	});

	it("settles an event that nobody could read the next time", async () => {
		const { invoke, errors } = await handlerOver();
		await invoke({ not: "an event" });
		expect(errors()).toEqual([expect.stringContaining("event can't be read")]);
	});
});
