import type { Evidence } from "../../../shared/cells/model.ts";
import { durationText, printable } from "../../cli/screen/text-layout.ts";
import type { PodDetail } from "../api.ts";
import { Section } from "./section.tsx";
import { clockText, withoutMs } from "./time-window.ts";

type Happenings = PodDetail["story"]["happenings"];

const signs: Readonly<Record<string, string>> = {
	refused: "▲ ",
	warned: "◆ ",
	lost: "✖ ",
	failed: "✕ ",
	ready: "● ",
};

/** What happened to the pod, in the order of time, with how long after the first. */
export function HappeningsSection({ happenings }: Readonly<{ happenings: Happenings }>) {
	const [first] = happenings;
	if (first === undefined) return null;
	const startMs = Date.parse(first.at);
	return (
		<Section title="What happened">
			<table class="table happenings">
				<thead>
					<tr>
						<th scope="col">Time, UTC</th>
						<th scope="col" class="number">
							After
						</th>
						<th scope="col" class="number">
							Attempt
						</th>
						<th scope="col">What</th>
						<th scope="col" />
					</tr>
				</thead>
				<tbody>
					{happenings.map(({ at, attempt, what, detail, evidence }, index) => [
						// Two may happen in one moment, and none ever moves.
						<tr key={`${at} ${index}`} class={`happening-${what}`}>
							<td class="mono">{clockText(Date.parse(at))}</td>
							<td class="number">{durationText(Date.parse(at) - startMs)}</td>
							<td class="number">{attempt ?? ""}</td>
							<td>
								<span aria-hidden="true">{signs[what] ?? ""}</span>
								{what}
							</td>
							<td>{withoutMs(detail)}</td>
						</tr>,
						evidence === undefined ? null : (
							<tr key={`${at} ${index} evidence`} class="evidence-row">
								<td colSpan={5}>
									<EvidenceView evidence={evidence} />
								</td>
							</tr>
						),
					])}
				</tbody>
			</table>
		</Section>
	);
}

/** What there was to see of a lost cell's machine. */
function EvidenceView({
	evidence: { state, stateReason, console: said = "", missing },
}: Readonly<{ evidence: Evidence }>) {
	const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
	return (
		<div class="evidence">
			{state === undefined ? null : <p>EC2 called it {state}</p>}
			{stateReason === undefined ? null : <p>{stateReason}</p>}
			{missing.map((what) => (
				<p key={what}>missing: {what}</p>
			))}
			{lines.length === 0 ? null : (
				<details open>
					<summary>the last that its console showed ({lines.length} lines)</summary>
					{/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard */}
					<pre tabIndex={0}>{lines.map((line) => printable(line.trimEnd())).join("\n")}</pre>
				</details>
			)}
		</div>
	);
}
