import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { misfortunesFrom } from "../../../../infra/cli/up/misfortune-options.ts";
import { sufferMisfortunes } from "../../../../infra/cli/up/misfortunes.ts";
import type { Cell } from "../../../../shared/cells/model.ts";
import { ready } from "../../../../shared/cells/transitions.ts";
import { aBootingCell, morning } from "../../../support/cells.ts";
import { finished, muchTried } from "../stories.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What befalls cells under these options, as far as they are told of. */
function suffered(options: Parameters<typeof misfortunesFrom>[0], ...cells: readonly Cell[]) {
	const told: string[] = [];
	const misfortunes = sufferMisfortunes(misfortunesFrom(options, []));
	for (const cell of cells) {
		misfortunes.onCell(cell, {
			misbehave: (instanceId, fault) => told.push(`${instanceId} ${fault}`),
			warnSpot: (instanceId, ms) => told.push(`${instanceId} warned, ${ms}`),
			endAs: (instanceId, { code }) => told.push(`${instanceId} ${code}`),
		});
	}
	return { told, misfortunes };
}

const onDemand = ready(aBootingCell("a"), morning, morning);
const spot: Cell = {
	...onDemand,
	plan: { ...onDemand.plan, offering: { ...onDemand.plan.offering, capacityType: "spot" } },
};
const { instanceId } = onDemand.instance;

describe("misfortunes of cells", () => {
	it.each([
		{ pod: "web-a", cell: aBootingCell("a"), never: true },
		{ pod: "web-*", cell: aBootingCell("a"), never: true },
		{ pod: "web", cell: aBootingCell("a"), never: false },
		{ pod: "web-*:1", cell: aBootingCell("a"), never: true },
		{ pod: "web-*:1", cell: { ...aBootingCell("a"), losses: finished().losses }, never: false },
		{ pod: "web-*:2", cell: { ...aBootingCell("a"), losses: finished().losses }, never: true },
	])("never-boots $pod with $cell.losses.length losses: $never", ({ pod, cell, never }) => {
		const { told } = suffered({ neverBoots: [pod] }, cell);
		expect(told).toEqual(never ? [`${instanceId} never-boots`] : []);
	});

	it.each([
		{ what: "spot", cell: spot, told: `${instanceId} warned, 7000` },
		{ what: "on-demand", cell: onDemand, told: `${instanceId} Client.UserInitiatedShutdown` },
	])("come over a ready cell ($what) in time, and once", ({ cell, told: expected }) => {
		const options = {
			neverBoots: [],
			interruptSpotAfter: "5",
			spotWarningSeconds: "7",
			terminateAfter: "5",
		};
		const { told, misfortunes } = suffered(options, cell, cell);
		expect(misfortunes.isPending(cell)).toBe(true);
		vi.advanceTimersByTime(4_999);
		expect(told).toEqual([]);
		vi.advanceTimersByTime(10_000);
		expect(told).toEqual([expected]);
	});

	it("spare a pod that has lost a ready cell, and everybody where nothing is said", () => {
		const options = { neverBoots: [], interruptSpotAfter: "5", terminateAfter: "5" };
		expect(suffered(options).misfortunes.isPending(muchTried())).toBe(false);
		const { told, misfortunes } = suffered({ neverBoots: [] }, spot, onDemand);
		vi.advanceTimersByTime(10_000);
		expect(told).toEqual([]);
		expect(misfortunes.isPending(spot)).toBe(false);
	});
});
