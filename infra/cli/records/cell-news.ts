import type { Cell } from "../../../shared/cells/model.ts";
import { noticeText, waitsOf } from "../status/pod-story.ts";

/** What a table of cells can't say in its columns, a line each: failures, losses, warnings, waits. */
export const newsOf = (cell: Cell): readonly string[] => {
	const name = `${cell.pod.namespace}/${cell.pod.name}`;
	if (cell.phase === "Failed") return [`${name} failed: ${cell.reason}: ${cell.message}`];
	return tidingsOf(cell).map((each) => `${name} ${each}`);
};

/** Of a pod that hasn't failed: losses, warnings, waits, a sentence each without its subject. */
export const tidingsOf = (cell: Cell): readonly string[] => {
	const { notice } = cell;
	const loss = lossText(cell);
	const waits = waitsOf(cell);
	return [
		...(loss === undefined ? [] : [loss]),
		...(notice === undefined ? [] : [`warned: ${noticeText(notice)}`]),
		...(waits.length === 0 ? [] : [`waits: ${waits.join("; ")}`]),
	];
};

/** The last loss, and what became of the pod since; undefined: it has lost nothing. */
export function lossText({ losses, attempt, phase }: Cell): string | undefined {
	const loss = losses.at(-1);
	if (loss === undefined) return undefined;
	const lost = `lost ${loss.instanceId} (${loss.reason})`;
	// Its plan is still to be made.
	if (loss.attempt === attempt) return `${lost}, next attempt ${attempt + 1}`;
	return `${lost}, attempt ${attempt} ${phase}`;
}
