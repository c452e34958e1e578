import type { Cell } from "../../shared/cells/model.ts";
import { podRecords, type TableOptions } from "./pod-records.ts";
import { storyOf } from "./pod-story.ts";
import { storyLines } from "./status-view.ts";

export type StatusOptions = TableOptions & Readonly<{ output: "table" | "json" }>;

/**
 * Prints what became of pods, with times. The exit code is 1 when one of them has failed; of several records
 * under one name, the latest counts.
 *
 * @throws ProvisionerError `invalid` for pods without a record, all of them; `unavailable` when the table can't
 *   be reached.
 */
export async function statusCommand(
	pods: readonly string[],
	{ output, ...table }: StatusOptions,
): Promise<void> {
	const cells = await podRecords(pods, table);
	const stories = cells.map(storyOf);
	console.log(
		output === "json"
			? JSON.stringify({ pods: stories }, undefined, "\t")
			: stories.map((story) => storyLines(story).join("\n")).join("\n\n"),
	);
	if (latestOf(cells).some(({ phase }) => phase === "Failed")) process.exitCode = 1;
}

/** Records of one name come one after the other, the latest first. */
const latestOf = (cells: readonly Cell[]): readonly Cell[] => [
	...new Map(
		cells.toReversed().map((cell) => [`${cell.pod.namespace}/${cell.pod.name}`, cell]),
	).values(),
];
