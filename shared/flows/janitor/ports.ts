import type { ReadinessChecks } from "../../agent/model.ts";
import type { CellParameters } from "../../bootstrap/model.ts";
import type { CellIndex, CellStore } from "../../cells/model.ts";
import type { ProviderConfig } from "../../config/provider.ts";
import type { Fleet, Instances } from "../../instances/model.ts";
import type { CellLimits } from "../../limits/model.ts";
import type { WakeUps } from "../../queues/model.ts";
import type { Sightings } from "../../sightings/model.ts";
import type { Log } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";

/** Everything that the janitor touches. */
export type JanitorPorts = Readonly<{
	cells: CellStore;
	index: CellIndex;
	fleet: Pick<Fleet, "living" | "find">;
	instances: Pick<Instances, "byToken" | "terminate">;
	cellParameters: Pick<CellParameters, "owners" | "remove">;
	checks: ReadinessChecks;
	wakeUps: WakeUps;
	limits: Pick<CellLimits, "giveBack" | "keepOnly" | "held">;
	sightings: Sightings;
	config: Pick<ProviderConfig, "cells" | "janitor" | "limits">;
	/** As machines and parameters of this deployment are tagged. */
	controllerId: string;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;
