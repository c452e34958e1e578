import type { Phase } from "../../../shared/cells/model.ts";
import { deadLetterNames } from "../../aws/names.ts";
import type { Charts, PodRow } from "../api.ts";
import { phases } from "./phases.ts";

/** What the head of the page says. */
export type FleetFigures = Readonly<{
	byPhase: readonly Readonly<{ phase: Phase; count: number }>[];
	/** List price of the instances that run. */
	hourlyUsd: number;
	/** On all dead-letter queues; undefined: nobody has looked yet. */
	deadLetters?: number;
}>;

export function figuresOf(pods: Iterable<PodRow>, fleet: Charts | undefined): FleetFigures {
	const counts = new Map<Phase, number>();
	let hourlyUsd = 0;
	for (const { phase, instanceId, offering } of pods) {
		counts.set(phase, (counts.get(phase) ?? 0) + 1);
		if (instanceId !== undefined && isPaid.has(phase)) hourlyUsd += offering?.hourlyUsd ?? 0;
	}
	const deadLetters = deadLettersIn(fleet);
	return {
		byPhase: phases.map((phase) => ({ phase, count: counts.get(phase) ?? 0 })),
		hourlyUsd,
		...(deadLetters === undefined ? {} : { deadLetters }),
	};
}

const isPaid: ReadonlySet<Phase> = new Set(["Booting", "Ready", "Terminating"]);

const queues: ReadonlySet<string> = new Set(deadLetterNames);

/** The lines of the widget that has one for each dead-letter queue, as last observed. */
function deadLettersIn(fleet: Charts | undefined): number | undefined {
	const lines = (fleet?.rows ?? [])
		.flat()
		.flatMap((widget) => (widget.shows === "log" ? [] : widget.lines))
		.filter(({ label }) => queues.has(label));
	const latest = lines.flatMap(({ points }) => points.findLast((point) => point !== null) ?? []);
	return latest.length === 0 ? undefined : latest.reduce((sum, count) => sum + count, 0);
}
