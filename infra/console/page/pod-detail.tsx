import type { PodDetail, PodRow } from "../api.ts";
import { ConditionsSection } from "./conditions-section.tsx";
import { DecisionSection } from "./decision-section.tsx";
import { EventsSection } from "./events-section.tsx";
import { Faults } from "./faults.tsx";
import { HappeningsSection } from "./happenings-section.tsx";
import { PodActions } from "./pod-actions.tsx";
import { podName } from "./pod-filter.ts";
import { StateSection } from "./state-section.tsx";
import { usePodDetail } from "./use-pod-detail.ts";

type PodDetailProps = Readonly<{
	uid: string;
	/** As the stream tells it; undefined: it was sent a moment ago, or never. */
	row: PodRow | undefined;
	isLive: boolean;
	nowMs: number;
}>;

/** One pod's whole story, and what can be done to it. */
export function PodDetailView({ uid, row, isLive, nowMs }: PodDetailProps) {
	const answer = usePodDetail(uid, row?.version, isLive);
	const known = answer?.outcome === "done" ? answer.value : undefined;
	// After another run has begun there is nothing to tell of it any more, but its name.
	const named = row ?? known?.row;
	return (
		<article class="pod">
			<h2 class="pod-title">{named === undefined ? "Pod" : podName(named)}</h2>
			<p class="pale mono">{uid}</p>
			{row === undefined ? (
				<p>There is no record of it: its message is still on the queue, or this is another run.</p>
			) : answer === undefined ? (
				<p>Asking for its story…</p>
			) : null}
			{answer?.outcome === "refused" ? <Faults faults={answer.faults} /> : null}
			{row === undefined ? null : <PodActions row={row} />}
			{row === undefined || known === undefined ? null : <Story detail={known} nowMs={nowMs} />}
		</article>
	);
}

const Story = ({
	detail: { story, explanation, events },
	nowMs,
}: Readonly<{ detail: PodDetail; nowMs: number }>) => (
	<>
		<StateSection story={story} nowMs={nowMs} />
		<HappeningsSection happenings={story.happenings} />
		<DecisionSection explanation={explanation} />
		<ConditionsSection conditions={story.conditions} />
		<EventsSection events={events} />
	</>
);
