import { type CellRow, Phase } from "../../cells/model.ts";
import { CapacityType } from "../../offerings/model.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import type { JanitorPorts } from "./ports.ts";

// What there is, for dashboards, whether all is well or not. Zero is told as well: only then is silence a fault.

/** How many cells there are in each phase, and what their instances cost. */
export function tellOfCells(rows: readonly CellRow[], metrics: Metrics): void {
	const counts = Map.groupBy(rows, ({ phase }) => phase);
	const count = (phase: Phase): number => counts.get(phase)?.length ?? 0;
	for (const phase of Phase.options) metrics.add("Cells", count(phase), { Phase: phase });
	metrics.add("CellsLive", count("Booting") + count("Ready"), {});
	const costs = rows.flatMap(({ cost }) => cost ?? []);
	for (const capacityType of CapacityType.options) {
		const bought = costs.filter((cost) => cost.capacityType === capacityType);
		const dimensions = { CapacityType: capacityType };
		metrics.add("InstancesHeld", bought.length, dimensions);
		metrics.add("FleetHourlyUsd", inUsd(bought.map(({ hourlyUsd }) => hourlyUsd)), dimensions);
	}
	const saved = costs.map(({ hourlyUsd, baselineHourlyUsd }) => baselineHourlyUsd - hourlyUsd);
	metrics.add("FleetSavedHourlyUsd", inUsd(saved), {});
}

/** To the millionth, as prices are. */
const inUsd = (amounts: readonly number[]): number =>
	Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 1e6) / 1e6;

/**
 * How much of the operator's limits is taken; nothing where there are none.
 *
 * @returns 0: it succeeds or throws.
 */
export async function tellOfLimits(
	{ limits, config, metrics }: Pick<JanitorPorts, "limits" | "config" | "metrics">,
	signal: AbortSignal,
): Promise<number> {
	const { cells, hourlyUsd } = config.limits;
	if (cells === undefined && hourlyUsd === undefined) return 0;
	const held = await limits.held(signal);
	const told = [
		{ Limit: "cells", used: held.cells, most: cells },
		{ Limit: "hourlyUsd", used: held.hourlyUsd, most: hourlyUsd },
	];
	for (const { Limit, used, most } of told)
		if (most !== undefined) metrics.add("LimitUsed", (100 * used) / most, { Limit });
	return 0;
}
