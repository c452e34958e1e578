import { clipped, counted, cpuText, memoryText } from "./amounts.ts";
import { type Judged, missesOf, type Tally, tally } from "./judge.ts";
import { labelsText } from "./labels-text.ts";
import { type Asked, acceleratorsText, missText } from "./miss-words.ts";
import type { Decision, Offering, Requirements } from "./model.ts";
import { nearestMisses, whatWouldHelp } from "./near-miss.ts";
import type { OfferingIndex } from "./offering-index.ts";
import { effectiveQuery, rankOfferings } from "./select.ts";

const mostCandidates = 10;
const mostAsked = 24;
const mostTextLength = 300;
const mostSummaryLength = 1_500;

/**
 * Why `selectOffering` chooses what it chooses, or nothing, for the same arguments. A thousand times
 * the work of the choice itself: for the record and for people, not for the search.
 *
 * Where several zones sell a type, the cheapest that is open stands for them all.
 *
 * @throws ProvisionerError `invalid` for a label that nobody knows.
 */
export function explainChoice(
	requirements: Requirements,
	index: OfferingIndex,
	isSetAside: (offering: Offering) => boolean,
	seed: string,
	lastZones: readonly string[] = [],
): Decision {
	const query = effectiveQuery(requirements, index);
	const { fitting, removed } = tally(query, index);
	const asked = askedFor(requirements, index);
	if (fitting === 0) {
		const misses = missesOf(query, index);
		return {
			asked,
			removed: removedBy(removed, 0),
			candidates: nearestOf(misses, { requirements, index }),
			summary: clipped(
				`Nothing on offer fits: ${whatWouldHelp(misses, { requirements, index })}.`,
				mostSummaryLength,
			),
		};
	}
	const ranked = rankOfferings(requirements, index, () => false, seed, lastZones);
	const ranking = [...ranked].map((offering) => ({
		offering,
		setAside: isSetAside(offering),
	}));
	const chosen = ranking.find(({ setAside }) => !setAside)?.offering;
	const refused = ranking.filter(({ setAside }) => setAside).length;
	return {
		asked,
		removed: removedBy(removed, refused),
		candidates: firstByPrice(ranking, chosen),
		...(chosen && { chosen }),
		summary: clipped(choiceText(ranking, chosen, lastZones), mostSummaryLength),
	};
}

/** An offering that fits, and whether EC2 refused it lately. */
type Fitting = Readonly<{ offering: Offering; setAside: boolean }>;

/** To the MiB: the rounded figure may hide why a type is just too small. */
const memoryAsked = (mib: number): string =>
	mib < 1_024 ? `${mib} MiB of memory` : `${memoryText(mib)} of memory (${mib} MiB)`;

function askedFor(requirements: Requirements, { settings }: OfferingIndex): string[] {
	const { cpuMillis, memoryMib, accelerators, instanceType, capacityType, labelTerms, origins } =
		requirements;
	const sized = cpuMillis > 0 || memoryMib > 0 || accelerators.length > 0;
	return [
		...(cpuMillis > 0 ? [cpuText(cpuMillis)] : []),
		...(memoryMib > 0 ? [memoryAsked(memoryMib)] : []),
		...(accelerators.length > 0 ? [acceleratorsText(requirements)] : []),
		...(instanceType === undefined ? [] : [`instance type ${instanceType}`]),
		...(sized || instanceType !== undefined
			? []
			: [`nothing: the default type is ${settings.defaultInstanceType}`]),
		capacityType,
		...(labelTerms.length > 0 ? [`labels ${labelsText(labelTerms)}`] : []),
		...origins,
	]
		.slice(0, mostAsked)
		.map((text) => clipped(text, mostTextLength));
}

const removedBy = (removed: Tally["removed"], refused: number): Decision["removed"] => [
	...[...removed].map(([rule, count]) => ({ rule, count })),
	...(refused > 0 ? [{ rule: "set-aside" as const, count: refused }] : []),
];

const nearestOf = (misses: readonly Judged[], asked: Asked): Decision["candidates"] =>
	nearestMisses(misses, asked, mostCandidates).map((miss) => ({
		instanceType: miss.type.name,
		zoneId: miss.zoneId,
		capacityType: miss.capacityType,
		hourlyUsd: miss.microUsd / 1e6,
		verdict: clipped(missText(miss, asked), mostTextLength),
	}));

function firstByPrice(
	fitting: readonly Fitting[],
	chosen: Offering | undefined,
): Decision["candidates"] {
	const open = new Set<string>();
	const told: Decision["candidates"] = [];
	for (const { offering, setAside } of fitting) {
		const { instanceType, zoneId, capacityType, hourlyUsd } = offering;
		const bought = `${instanceType} ${capacityType}`;
		if (open.has(bought)) continue;
		if (!setAside) open.add(bought);
		const verdict = setAside ? "set aside: EC2 refused it lately" : verdictOf(offering, chosen);
		told.push({ instanceType, zoneId, capacityType, hourlyUsd, verdict });
		if (told.length === mostCandidates) break;
	}
	return told;
}

function verdictOf(offering: Offering, chosen: Offering | undefined): string {
	if (offering === chosen) return "chosen";
	return offering.hourlyUsd === chosen?.hourlyUsd
		? "fits at the same price; equal prices go by name"
		: "fits, but costs more";
}

function choiceText(
	fitting: readonly Fitting[],
	chosen: Offering | undefined,
	lastZones: readonly string[],
): string {
	const [first] = fitting;
	if (chosen === undefined) {
		return `EC2 refused all of the ${counted(fitting.length, "offering")} that fit, the cheapest being ${first === undefined ? "none" : placeText(first.offering)}; each is tried again when its time is over.`;
	}
	const ahead = fitting.findIndex(({ offering }) => offering === chosen);
	return [
		`${placeText(chosen)} is the cheapest of ${counted(fitting.length, "offering")} that fit`,
		...(ahead > 0 ? [`${ahead} that come before it were refused by EC2 lately`] : []),
		...(lastZones.length > 0
			? [
					`at the same price ${[...new Set(lastZones)].sort().join(", ")} came last: a cell of this pod never became ready there`,
				]
			: []),
		...(chosen.cpuCredits === "unlimited"
			? ["the price holds the surcharge for unlimited mode"]
			: []),
		...(chosen.approximate ? ["the price is approximate"] : []),
	]
		.join("; ")
		.concat(".");
}

const placeText = ({ instanceType, zoneId, capacityType, hourlyUsd }: Offering): string =>
	`${instanceType} in ${zoneId}, ${capacityType}, at ${hourlyUsd} USD/h`;
