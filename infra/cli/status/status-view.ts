import type { Evidence } from "../../../shared/cells/model.ts";
import { bodyColumns, section } from "../explain/explain-view.ts";
import { paintIf, phaseStyles } from "../screen/color.ts";
import {
	aligned,
	durationText,
	indented,
	outputColumns,
	timeText,
	wrapped,
} from "../screen/text-layout.ts";
import type { Happening, PodStory } from "./pod-story.ts";

/** One pod's block. */
export const storyLines = (story: PodStory, paint = paintIf(false)): readonly string[] => [
	...wrapped(`${story.pod.namespace}/${story.pod.name} (uid ${story.pod.uid})`, outputColumns),
	...section("state", stateLines(story)).map((line, at) =>
		at === 0 ? line.replace(story.phase, paint(phaseStyles[story.phase], story.phase)) : line,
	),
	...section("waits", waitLines(story)),
	...section("story", happeningLines(story.happenings)),
	...section("stages", stageLines(story)),
	...section("conditions", conditionLines(story)),
];

function stateLines({ phase, attempt, reason, message, instance, choice }: PodStory) {
	const parts = [
		`${phase}${reason === undefined ? "" : ` (${reason})`}`,
		...(attempt > 0 ? [`attempt ${attempt}`] : ["never planned"]),
		...(instance === undefined ? [] : [`${instance.instanceId} at ${instance.address}`]),
	];
	return [
		...wrapped(parts.join(", "), bodyColumns),
		...(instance === undefined ? [] : wrapped(instance.bought, bodyColumns)),
		...(message === undefined ? [] : wrapped(message, bodyColumns)),
		...(choice === undefined || instance !== undefined ? [] : wrapped(choice, bodyColumns)),
	];
}

/** Times to the second: nobody waits for less. */
const waitLines = ({ waits }: PodStory): readonly string[] =>
	waits.flatMap((wait) => wrapped(wait.replace(/\.\d{3}Z/g, "Z"), bodyColumns));

const happeningHeads = ["TIME", "AFTER", "", "WHAT", ""];

function happeningLines(happenings: readonly Happening[]): readonly string[] {
	const [first] = happenings;
	if (first === undefined) return [];
	const rows = happenings.map(({ at, attempt, what, detail }) => [
		timeText(at),
		durationText(Date.parse(at) - Date.parse(first.at)),
		attempt === undefined ? "" : `#${attempt}`,
		what,
		detail,
	]);
	const [head = [], ...lines] = aligned([happeningHeads, ...rows], bodyColumns, [1]);
	return [
		...head,
		...lines.flatMap((block, at) => [...block, ...evidenceLines(happenings[at]?.evidence)]),
	];
}

/** Of what the console said, as much as is seen at once; `--output json` has all that was kept. */
const consoleLines = 8;

const evidenceIndent = "    ";

function evidenceLines(evidence: Evidence | undefined): readonly string[] {
	if (evidence === undefined) return [];
	const { state, stateReason, console: said = "", missing } = evidence;
	const facts = [
		...(state === undefined ? [] : [`EC2 called it ${state}`]),
		...(stateReason === undefined ? [] : [stateReason]),
		...missing.map((what) => `missing: ${what}`),
	];
	const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
	const columns = bodyColumns - evidenceIndent.length;
	return [
		...facts.flatMap((fact) => wrapped(fact, columns)),
		...(lines.length === 0 ? [] : ["the last that its console showed:"]),
		...lines
			.slice(-consoleLines)
			.flatMap((line) => indented("| ", wrapped(line.trimEnd(), columns - 2))),
	].map((line) => `${evidenceIndent}${line}`);
}

const stageLines = ({ stagesMs }: PodStory): readonly string[] => {
	const parts = Object.entries(stagesMs).map(([stage, ms]) => `${stage} ${durationText(ms)}`);
	return parts.length === 0 ? [] : wrapped(parts.join(", "), bodyColumns);
};

function conditionLines({ conditions }: PodStory): readonly string[] {
	if (conditions.length === 0) return [];
	const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
		type,
		status,
		timeText(lastTransitionTime),
		reason,
		message,
	]);
	return aligned([["TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"], ...rows], bodyColumns).flat();
}
