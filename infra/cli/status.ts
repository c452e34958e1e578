import type { Cell } from "../../shared/cells/model.ts";
import { type OutputFormat, print } from "./output.ts";
import { type PlaceOptions, placeOf } from "./place.ts";
import { podRecords } from "./pod-records.ts";
import { storyOf } from "./pod-story.ts";
import { storyLines } from "./status-view.ts";
import { apart } from "./text-layout.ts";

export type StatusOptions = PlaceOptions & Readonly<{ output: OutputFormat }>;

/**
 * Prints what became of pods, with times. The exit code is 1 when one of them has failed; of several records
 * under one name, the latest counts.
 *
 * @throws ProvisionerError `invalid` for pods without a record, all of them; `unavailable` when the table can't
 *   be reached.
 */
export async function statusCommand(
	pods: readonly string[],
	{ output, ...where }: StatusOptions,
): Promise<void> {
	const cells = await podRecords(pods, placeOf(where));
	const stories = cells.map(storyOf);
	print(output, { pods: stories }, () => apart(stories.map(storyLines)));
	if (latestOf(cells).some(({ phase }) => phase === "Failed")) process.exitCode = 1;
}

/** Records of one name come one after the other, the latest first. */
const latestOf = (cells: readonly Cell[]): readonly Cell[] => [
	...new Map(
		cells.toReversed().map((cell) => [`${cell.pod.namespace}/${cell.pod.name}`, cell]),
	).values(),
];
