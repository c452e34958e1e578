import type { Cell, Phase } from "../../../shared/cells/model.ts";
import { isOver, listedCell, type Totals, totalsOf } from "../list/listed-cell.ts";
import type { DeadLetters } from "./dead-letter-counts.ts";
import { waitsOf } from "./pod-story.ts";

/** How a deployment is, in figures. */
export type DeploymentState = Readonly<{
	deployment: string;
	/** Records, those that are over among them. */
	phases: Readonly<Record<Phase, number>>;
	totals: Totals;
	/** Of the pods that have no machine yet. */
	waitsLongest?: Readonly<{ pod: string; uid: string; seconds: number; waits: readonly string[] }>;
	/** Queues that aren't empty. */
	deadLetters: readonly DeadLetters[];
	/** The latest first. */
	failures: readonly Failure[];
	/** What to look at next: what to type after `npx cellwright`, and why. */
	next: readonly Readonly<{ command: string; why: string }>[];
}>;

type Failure = Readonly<{
	pod: string;
	uid: string;
	reason: string;
	message: string;
	/** ISO 8601. */
	failedAt: string;
}>;

const mostFailures = 5;
/** A pod that has waited for longer wants a look. */
const longWaitSeconds = 120;

/** @param flags with which the same place is found again, behind each command. */
export function deploymentState(
	{ deployment, flags }: Readonly<{ deployment: string; flags: string }>,
	cells: readonly Cell[],
	deadLetters: readonly DeadLetters[],
	now: Date,
): DeploymentState {
	const waitsLongest = longestWait(cells, now);
	const failures = latestFailures(cells);
	const known = {
		deployment,
		phases: phasesOf(cells),
		totals: totalsOf(cells.map((cell) => listedCell(cell, now)).filter((cell) => !isOver(cell))),
		...(waitsLongest === undefined ? {} : { waitsLongest }),
		deadLetters,
		failures,
	};
	const next = nextSteps(known).map(({ command, why }) => ({
		command: `${command}${flags}`,
		why,
	}));
	return { ...known, next };
}

const phasesOf = (cells: readonly Cell[]): DeploymentState["phases"] => {
	const count = (phase: Phase) => cells.filter((cell) => cell.phase === phase).length;
	return {
		Scheduled: count("Scheduled"),
		Launching: count("Launching"),
		Booting: count("Booting"),
		Ready: count("Ready"),
		Terminating: count("Terminating"),
		Terminated: count("Terminated"),
		Failed: count("Failed"),
	};
};

const podName = ({ pod }: Cell): string => `${pod.namespace}/${pod.name}`;

/** Since it was accepted, or lost its last machine. */
function longestWait(cells: readonly Cell[], now: Date): DeploymentState["waitsLongest"] {
	const since = ({ stages }: Cell): string => stages.againAt ?? stages.acceptedAt;
	const [first] = cells
		.filter(({ phase }) => phase === "Scheduled" || phase === "Launching")
		.toSorted((a, b) => Date.parse(since(a)) - Date.parse(since(b)));
	if (first === undefined) return undefined;
	const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(since(first))) / 1_000));
	return { pod: podName(first), uid: first.podUid, seconds, waits: waitsOf(first) };
}

const latestFailures = (cells: readonly Cell[]): readonly Failure[] =>
	cells
		.flatMap((cell) =>
			cell.phase === "Failed"
				? [
						{
							pod: podName(cell),
							uid: cell.podUid,
							reason: cell.reason,
							message: cell.message,
							failedAt: cell.stages.failedAt ?? cell.stages.acceptedAt,
						},
					]
				: [],
		)
		.toSorted((a, b) => (a.failedAt > b.failedAt ? -1 : 1))
		.slice(0, mostFailures);

function nextSteps({
	deadLetters,
	failures: [failed],
	waitsLongest,
	phases,
}: Omit<DeploymentState, "next">): DeploymentState["next"] {
	const isEmpty = Object.values(phases).every((count) => count === 0);
	return [
		...(deadLetters.length === 0
			? []
			: [{ command: "dead-letters", why: "messages that nobody could handle, with reasons" }]),
		...(waitsLongest === undefined || waitsLongest.seconds < longWaitSeconds
			? []
			: [{ command: `explain ${waitsLongest.pod}`, why: "why it has no machine yet" }]),
		...(failed === undefined
			? []
			: [{ command: `status ${failed.pod}`, why: "the story of the pod that failed last" }]),
		isEmpty
			? { command: "launch -f <file>", why: "the first pod" }
			: { command: "list", why: "every cell, with its price; --watch shows changes" },
	];
}
