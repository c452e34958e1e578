import { useMemo, useState } from "preact/hooks";
import { FirstPod } from "./first-pod.tsx";
import type { Picture } from "./picture.ts";
import type { Panel } from "./place.ts";
import { everyPod, filtered } from "./pod-filter.ts";
import { PodGrid } from "./pod-grid.tsx";
import { timeWindow, type WindowLength } from "./time-window.ts";
import { TimelineTools } from "./timeline-tools.tsx";

type TimelineProps = Readonly<{
	picture: Picture;
	nowMs: number;
	panel: Panel;
	onOpen(panel: Panel): void;
}>;

/** One row per pod on a common time axis that follows now. */
export function Timeline({ picture: { connection, pods }, nowMs, panel, onOpen }: TimelineProps) {
	const [filter, setFilter] = useState(everyPod);
	const [length, setLength] = useState<WindowLength>("5");
	const found = useMemo(() => filtered(pods.values(), filter), [pods, filter]);
	if (pods.size === 0)
		return connection === "connecting" ? (
			<p class="empty">Asking the server what there is…</p>
		) : (
			<FirstPod onLaunch={() => onOpen({ shows: "launch" })} />
		);
	return (
		<section class="timeline" aria-label="Timeline of the pods">
			<TimelineTools
				filter={filter}
				onFilter={setFilter}
				length={length}
				onLength={setLength}
				shown={found.length}
				all={pods.size}
			/>
			<PodGrid
				pods={pods}
				found={found}
				question={filter}
				nowMs={nowMs}
				window={timeWindow(length, nowMs, pods.values())}
				selected={panel.shows === "pod" ? panel.uid : undefined}
				onOpen={(uid) => onOpen({ shows: "pod", uid })}
			/>
		</section>
	);
}
