import type { Conservation } from "../../../shared/flows/janitor/conservation.ts";
import { bodyColumns, section } from "../explain/explain-view.ts";
import type { Paint } from "../screen/color.ts";
import { aligned, outputColumns, timeText, wrapped } from "../screen/text-layout.ts";
import type { Finding, Verdict } from "./finding.ts";

/** A line for each thing that was looked at, and below it what to do about it. */
export function findingLines(findings: readonly Finding[], paint: Paint): readonly string[] {
	const rows = findings.flatMap(({ check, verdict, says, todo }) => [
		{ verdict, cells: [`  ${verdict}`, check, says] },
		...(todo === undefined || verdict === "ok"
			? []
			: [{ verdict: undefined, cells: ["", "", `→ ${todo}`] }]),
	]);
	const blocks = aligned(
		rows.map(({ cells }) => cells),
		outputColumns,
	);
	return blocks.flatMap((lines, at) => {
		const verdict = rows[at]?.verdict;
		if (verdict === undefined) return lines;
		return lines.map((line, row) =>
			row === 0 ? line.replace(verdict, paint(verdictStyles[verdict], verdict)) : line,
		);
	});
}

const verdictStyles = {
	ok: "green",
	warn: "yellow",
	fail: "red",
	"not checked": "gray",
} as const satisfies Record<Verdict, string>;

/** What became of every accepted pod, and what is wrong about it. */
export function conservationLines(found: Conservation): readonly string[] {
	const { accepted, terminal, live, difference, unaccounted, notIndexed, orphans, unreadable } =
		found;
	const figures = [
		[String(accepted), "accepted", "pods with a record; those that ended long ago may be gone"],
		[String(terminal), "terminal", "they have their answer, and nothing of them is left"],
		[String(live), "live", "they wait, launch, boot, are ready or end"],
		[String(difference), "difference", "accepted − terminal − live, which must be 0"],
	];
	const pods = unaccounted.map(({ podUid, phase, why }) => [podUid, phase ?? "unknown", why]);
	const odd = unreadable.map(({ instanceId, podUid, problem }) => [
		instanceId ?? "unknown",
		podUid ?? "unknown",
		`EC2 describes it ${problem}`,
	]);
	const machines = orphans.map(({ instanceId, state, instanceType, launchedAt, podUid }) => [
		instanceId,
		state,
		instanceType,
		timeText(launchedAt.toISOString()),
		podUid ?? "unknown",
	]);
	return [
		...section("pods", aligned(figures, bodyColumns, [0]).flat()),
		...section(
			"lost",
			pods.length === 0 ? [] : aligned([["UID", "PHASE", "WHY"], ...pods], bodyColumns).flat(),
		),
		...section(
			"unseen",
			notIndexed === 0
				? []
				: wrapped(
						`${notIndexed} records live, but aren't in the index where the janitor looks`,
						bodyColumns,
					),
		),
		...section(
			"orphans",
			machines.length === 0
				? []
				: aligned(
						[["INSTANCE", "STATE", "TYPE", "SINCE", "OF POD"], ...machines],
						bodyColumns,
					).flat(),
		),
		...section(
			"unreadable",
			odd.length === 0 ? [] : aligned([["INSTANCE", "OF POD", "WHY"], ...odd], bodyColumns).flat(),
		),
		...section("verdict", wrapped(verdictOf(found), bodyColumns)),
	];
}

/** Whether every pod is accounted for, and every machine has one. */
export const isConserved = ({ difference, orphans, unreadable }: Conservation): boolean =>
	difference === 0 && orphans.length === 0 && unreadable.length === 0;

function verdictOf({ difference, orphans, unreadable }: Conservation): string {
	const wrong = [
		...(difference === 0 ? [] : [`${difference} pods aren't accounted for`]),
		...(orphans.length === 0
			? []
			: [
					`${orphans.length} machines are nobody's: the janitor ends them at their second sighting`,
				]),
		...(unreadable.length === 0
			? []
			: [
					`${unreadable.length} machines can't be read, and the janitor passes them by: look at them in EC2`,
				]),
	];
	return wrong.length === 0
		? "every pod is accounted for, and every machine has one"
		: wrong.join("; ");
}
