import { durationText } from "../../cli/screen/text-layout.ts";
import type { PodDetail } from "../api.ts";
import { doing } from "../pod-spans.ts";
import { glyphs } from "./phases.ts";
import { Section } from "./section.tsx";
import { withoutMs } from "./time-window.ts";

/** Where the pod stands, in the terminal's words. */
export function StateSection({
	story,
	nowMs,
}: Readonly<{ story: PodDetail["story"]; nowMs: number }>) {
	const { phase, attempt, reason, message, instance, choice, waits, stagesMs, happenings } = story;
	const what = doing[phase];
	const [first] = happenings;
	const stages = Object.entries(stagesMs).map(([stage, ms]) => `${stage} ${durationText(ms)}`);
	return (
		<Section title="State">
			<p class="state">
				<span class={`glyph glyph-${what}`} aria-hidden="true">
					{glyphs[what]}
				</span>
				<b>{phase}</b>
				{reason === undefined ? "" : ` (${reason})`},{" "}
				{attempt > 0 ? `attempt ${attempt}` : "never planned"}
				{first === undefined
					? ""
					: `, ${durationText(Math.max(0, nowMs - Date.parse(first.at)))} old`}
			</p>
			{message === undefined ? null : <p class="message">{message}</p>}
			{instance === undefined ? null : (
				<p>
					<span class="mono">{instance.instanceId}</span> at{" "}
					<span class="mono">{instance.address}</span>: {instance.bought}
				</p>
			)}
			{choice === undefined || choice === message || instance !== undefined ? null : (
				<p>{choice}</p>
			)}
			{waits.map((wait) => (
				<p key={wait}>waits: {withoutMs(wait)}</p>
			))}
			{stages.length === 0 ? null : <p class="pale">{stages.join(", ")}</p>}
		</Section>
	);
}
