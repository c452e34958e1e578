import type { ReadinessChecks } from "../agent/model.ts";
import type { CellParameters, RenderCellParameters } from "../bootstrap/model.ts";
import type { CellStore } from "../cells/model.ts";
import type { ImageFinder } from "../images/cache.ts";
import type { Instances } from "../instances/model.ts";
import type { Subnets } from "../offerings/model.ts";
import type { SetAsideList } from "../offerings/set-aside.ts";
import type { LaunchTurns } from "../pace/model.ts";
import type { Issuers } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { LaunchRequestPorts } from "./launch-request.ts";

/** What asking EC2 for a planned machine touches. */
export type BootPorts = Omit<LaunchRequestPorts, "issuer"> &
	Readonly<{
		issuers: Issuers;
		cells: CellStore;
		checks: ReadinessChecks;
		instances: Instances;
		parametersFor: RenderCellParameters;
		cellParameters: CellParameters;
		images: ImageFinder;
		subnets: Subnets;
		/** What EC2 refused, for all workers. */
		setAside: SetAsideList;
		turns: LaunchTurns;
		/** Before readiness first looks at a new cell, where the plan doesn't say. */
		firstCheckSeconds: number;
		/** Who works here: this delivery of this message, and nobody else. */
		by: string;
		/** For so long another worker's request may still be on its way to EC2. */
		asksLiveSeconds: number;
		now: () => Date;
		log: Log;
		metrics: Metrics;
	}>;
