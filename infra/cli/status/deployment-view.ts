import { Phase } from "../../../shared/cells/model.ts";
import { bodyColumns, section } from "../explain/explain-view.ts";
import { totalsText } from "../list/list-view.ts";
import { type Paint, phaseStyles } from "../screen/color.ts";
import { aligned, durationText, timeText, wrapped } from "../screen/text-layout.ts";
import type { DeploymentState } from "./deployment-state.ts";

/** How a deployment is, for people. */
export const deploymentLines = (
	state: DeploymentState,
	where: string,
	paint: Paint,
): readonly string[] => [
	...wrapped(where, bodyColumns),
	...section("cells", [
		phasesText(state, paint),
		...wrapped(totalsText(state.totals), bodyColumns),
	]),
	...section("waiting", waitingLines(state)),
	...section("letters", deadLetterLines(state)),
	...section("failed", failureLines(state)),
	...section("next", nextLines(state)),
];

const phasesText = ({ phases }: DeploymentState, paint: Paint): string => {
	const parts = Phase.options
		.filter((phase) => phases[phase] > 0)
		.map((phase) => paint(phaseStyles[phase], `${phases[phase]} ${phase}`));
	return parts.length === 0 ? "none" : parts.join(", ");
};

function waitingLines({ waitsLongest }: DeploymentState): readonly string[] {
	if (waitsLongest === undefined) return ["nobody"];
	const { pod, seconds, waits } = waitsLongest;
	const why = waits.length === 0 ? "" : `: ${waits.join("; ")}`;
	return wrapped(`${pod} waits longest, for ${durationText(seconds * 1_000)}${why}`, bodyColumns);
}

const deadLetterLines = ({ deadLetters }: DeploymentState): readonly string[] =>
	deadLetters.length === 0
		? ["no dead ones"]
		: deadLetters.map(({ queue, messages }) => `${messages} dead in ${queue}`);

const failureLines = ({ failures }: DeploymentState): readonly string[] =>
	failures.length === 0
		? ["none"]
		: aligned(
				failures.map(({ failedAt, pod, reason }) => [timeText(failedAt), pod, reason]),
				bodyColumns,
			).flat();

const nextLines = ({ next }: DeploymentState): readonly string[] =>
	aligned(
		next.map(({ command, why }) => [`npx cellwright ${command}`, why]),
		bodyColumns,
	).flat();
