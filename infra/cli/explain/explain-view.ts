import type { Phase, Refusal } from "../../../shared/cells/model.ts";
import { faultText } from "../../../shared/errors.ts";
import type { Decision, SelectionRule } from "../../../shared/offerings/model.ts";
import { aligned, indented, outputColumns, timeText, wrapped } from "../screen/text-layout.ts";
import type { ChoiceBasis } from "./choice-basis.ts";
import type { Explanation } from "./explanation.ts";

/** What each rule does, for who reads how many offerings it removed. */
export const ruleMeanings = {
	architecture: "no boot image for their architecture",
	zone: "in zones without a configured subnet",
	"capacity-type": "not sold in the way that was asked for",
	"instance-type": "not the type that the pod names",
	labels: "the pod's node selector or affinity doesn't match",
	accelerators: "too few GPUs or accelerators, or of another model",
	"accelerated-machine": "their GPUs or accelerators are kept for pods that ask for some",
	burstable: "burstable, which the operator excludes",
	cpu: "too little CPU",
	memory: "too little memory",
	"spot-price": "dearer than spot may be",
	"set-aside": "would fit, but EC2 refused them lately",
} as const satisfies Record<SelectionRule, string>;

/** What all pods of files have in common. */
export const basisLines = ({
	providerFile,
	config,
	catalogue,
	subnets,
	zonesFrom,
}: ChoiceBasis): readonly string[] => [
	...section("provider", wrapped(`${providerFile}, region ${config.aws.region}`, bodyColumns)),
	...section("catalogue", wrapped(catalogue, bodyColumns)),
	...section(
		"zones",
		wrapped(
			`${subnets.map(({ zoneId, zone }) => `${zoneId} (${zone})`).join(", ")}; ${zonesFrom}`,
			bodyColumns,
		),
	),
];

/** The same, for programs. */
export const basisShown = ({
	providerFile,
	config,
	catalogue,
	subnets,
	zonesFrom,
}: ChoiceBasis) => ({
	providerFile,
	region: config.aws.region,
	catalogue,
	zones: subnets.map(({ subnetId, zoneId, zone }) => ({ subnetId, zoneId, zone })),
	zonesFrom,
});

/** One pod's block. */
export const explanationLines = (explanation: Explanation): readonly string[] => [
	...wrapped(headOf(explanation), outputColumns),
	...section("state", stateLines(explanation)),
	...section(
		"faults",
		explanation.faults.flatMap((fault) => wrapped(faultText(fault), bodyColumns)),
	),
	...section("asked for", askedLines(explanation)),
	...decisionSections(explanation.decision),
	...section("tried", triedLines(explanation)),
	...section("choice", choiceLines(explanation)),
];

const labelColumns = 13;
export const bodyColumns = outputColumns - labelColumns;

/** Lines behind their label. */
export const section = (label: string, lines: readonly string[]): readonly string[] =>
	indented(`  ${label}`.padEnd(labelColumns), lines);

const headOf = ({ pod: { namespace, name, uid }, file }: Explanation): string =>
	`${namespace}/${name} (${file ?? `uid ${uid}`})`;

function stateLines({ pod, record }: Explanation): readonly string[] {
	if (record === undefined) return wrapped(neverSent(pod.uid), bodyColumns);
	const { phase, attempt, reason, message, launched, acceptedAt } = record;
	const parts = [
		`${phase}${reason === undefined ? "" : ` (${reason})`}`,
		`accepted ${timeText(acceptedAt)}`,
		...(attempt > 0 ? [`attempt ${attempt}`] : ["never planned"]),
		...(launched === undefined ? [] : [launched.instanceId]),
	];
	return [
		...wrapped(parts.join(", "), bodyColumns),
		...(message === undefined ? [] : wrapped(message, bodyColumns)),
	];
}

const neverSent = (uid: string | undefined): string =>
	`never sent: this is what launch would do now${
		uid === undefined ? "; among equal zones the uid decides, which only Kubernetes gives" : ""
	}`;

const askedLines = ({ decision, wishes }: Explanation): readonly string[] =>
	[...(decision?.asked ?? []), ...wishes].flatMap((text) => wrapped(text, bodyColumns));

function decisionSections(decision: Decision | undefined): readonly string[] {
	if (decision === undefined) return [];
	const { removed, candidates, chosen } = decision;
	const byRule = removed.map(({ rule, count }) => [String(count), rule, ruleMeanings[rule]]);
	const byPrice = candidates.map(({ instanceType, zoneId, capacityType, hourlyUsd, verdict }) => [
		instanceType,
		zoneId,
		capacityType,
		String(hourlyUsd),
		verdict,
	]);
	const heads = ["TYPE", "ZONE", "BOUGHT", "USD/HOUR", "VERDICT"];
	return [
		...section(
			"removed",
			byRule.length === 0 ? ["none"] : aligned(byRule, bodyColumns, [0]).flat(),
		),
		...section(
			chosen === undefined ? "nearest" : "cheapest",
			byPrice.length === 0 ? ["none"] : aligned([heads, ...byPrice], bodyColumns, [3]).flat(),
		),
	];
}

function triedLines({ record, refusals }: Explanation): readonly string[] {
	if (record === undefined) return [];
	const answers = [
		...refusals.map((refusal) => ({ row: refusalRow(refusal), words: refusal.message })),
		...(record.launched === undefined
			? []
			: [{ row: acceptedRow(record.attempt, record.launched), words: "" }]),
	];
	if (answers.length === 0) return ["nothing: EC2 was never asked"];
	const heads = ["", "TIME", "TYPE", "ZONE", "BOUGHT", "EC2'S ANSWER"];
	const [head = [], ...rows] = aligned([heads, ...answers.map(({ row }) => row)], bodyColumns);
	const indent = " ".repeat(4);
	return [
		...head,
		...rows.flatMap((lines, at) => {
			const words = answers[at]?.words ?? "";
			return [
				...lines,
				...(words === "" ? [] : indented(indent, wrapped(words, bodyColumns - indent.length))),
			];
		}),
	];
}

type Asked = Pick<Refusal, "at" | "instanceType" | "zoneId" | "zone" | "capacityType">;

const askedFor = (attempt: number, { at, instanceType, zoneId, zone, capacityType }: Asked) => [
	`#${attempt}`,
	timeText(at),
	instanceType,
	`${zoneId} (${zone})`,
	capacityType,
];

const refusalRow = (refusal: Refusal) => [...askedFor(refusal.attempt, refusal), refusal.code];

const acceptedRow = (
	attempt: number,
	launched: NonNullable<NonNullable<Explanation["record"]>["launched"]>,
) => [...askedFor(attempt, launched), `accepted: ${launched.instanceId}`];

function choiceLines({ decision, faults, record }: Explanation): readonly string[] {
	if (decision !== undefined) return wrapped(decision.summary, bodyColumns);
	if (faults.length > 0) return ["none: correct the faults first"];
	return [record === undefined ? "none yet" : (withoutChoice[record.phase] ?? "none yet")];
}

/** What became of a pod instead. */
const withoutChoice: Readonly<Partial<Record<Phase, string>>> = {
	Failed: "none: the pod failed before one was made",
	Terminating: "none: the pod was deleted before one was made",
	Terminated: "none: the pod was deleted before one was made",
};
