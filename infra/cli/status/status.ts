import type { Cell } from "../../../shared/cells/model.ts";
import { type Place, type PlaceOptions, placeFlags, placeOf } from "../place/place.ts";
import { cellRecords } from "../records/cell-records.ts";
import { podRecords } from "../records/pod-records.ts";
import { stdoutPaint } from "../screen/color.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { apart } from "../screen/text-layout.ts";
import { deadLetterCounts } from "./dead-letter-counts.ts";
import { deploymentState } from "./deployment-state.ts";
import { deploymentLines } from "./deployment-view.ts";
import { storyOf } from "./pod-story.ts";
import { storyLines } from "./status-view.ts";

const patienceMs = 20_000;

export type StatusOptions = PlaceOptions & Readonly<{ output: OutputFormat }>;

/**
 * Prints what became of pods, with times; the exit code is 1 when one of them has failed, of several records under one
 * name the latest. Without a pod: how the deployment is.
 *
 * @throws ProvisionerError `invalid` for pods without a record, all of them; `unavailable` when the table can't
 *   be reached.
 */
export async function statusCommand(
	pods: readonly string[],
	{ output, ...where }: StatusOptions,
): Promise<void> {
	const place = placeOf(where);
	if (pods.length === 0) return await deploymentStatus(place, where, output);
	const cells = await podRecords(pods, place);
	const stories = cells.map(storyOf);
	print(output, { pods: stories }, () =>
		apart(stories.map((story) => storyLines(story, stdoutPaint()))),
	);
	if (latestOf(cells).some(({ phase }) => phase === "Failed")) process.exitCode = 1;
}

async function deploymentStatus(
	place: Place,
	where: PlaceOptions,
	output: OutputFormat,
): Promise<void> {
	const records = cellRecords(place);
	const state = await withProgress("reading the cells", async () => {
		const [cells, deadLetters] = await Promise.all([
			records.all(),
			deadLetterCounts(place, AbortSignal.timeout(patienceMs)),
		]);
		const of = { deployment: place.deployment, flags: placeFlags(where) };
		return deploymentState(of, cells, deadLetters, new Date());
	}).finally(() => records.close());
	print(output, state, () => deploymentLines(state, place.where, stdoutPaint()));
}

/** Records of one name come one after the other, the latest first. */
const latestOf = (cells: readonly Cell[]): readonly Cell[] => [
	...new Map(
		cells.toReversed().map((cell) => [`${cell.pod.namespace}/${cell.pod.name}`, cell]),
	).values(),
];
