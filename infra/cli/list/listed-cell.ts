import { heldCost } from "../../../shared/cells/held-instance.ts";
import { type Cell, Phase } from "../../../shared/cells/model.ts";
import { globMatcher } from "../../../shared/offerings/glob.ts";
import type { CapacityType } from "../../../shared/offerings/model.ts";
import { tidingsOf } from "../records/cell-news.ts";

/** One line of a list of cells; holds nothing of the pod's containers. */
export type ListedCell = Readonly<{
	namespace: string;
	name: string;
	uid: string;
	phase: Phase;
	attempt: number;
	/** Of the plan in force, or the last one. */
	instanceType?: string;
	zone?: string;
	capacityType?: CapacityType;
	/** List price of that plan. */
	hourlyUsd?: number;
	/** What the record holds an instance for now; 0: none. */
	costHourlyUsd: number;
	instanceId?: string;
	address?: string;
	/** ISO 8601. */
	acceptedAt: string;
	/** Since the pod was accepted. */
	ageSeconds: number;
	/** Of a cell that ends, has ended or failed. */
	reason?: string;
	/** Losses, warnings, waits, and why it failed: a sentence each. */
	news: readonly string[];
}>;

export function listedCell(cell: Cell, now: Date): ListedCell {
	const { pod, podUid, phase, attempt, stages } = cell;
	const plan = "plan" in cell ? cell.plan : undefined;
	const instance = "instance" in cell ? cell.instance : undefined;
	return {
		namespace: pod.namespace,
		name: pod.name,
		uid: podUid,
		phase,
		attempt,
		...(plan && {
			instanceType: plan.offering.instanceType,
			zone: plan.zone,
			capacityType: plan.offering.capacityType,
			hourlyUsd: plan.offering.hourlyUsd,
		}),
		costHourlyUsd: stages.endedAt === undefined ? (heldCost(cell)?.hourlyUsd ?? 0) : 0,
		...(instance && { instanceId: instance.instanceId, address: instance.address }),
		acceptedAt: stages.acceptedAt,
		ageSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(stages.acceptedAt)) / 1_000)),
		...("reason" in cell ? { reason: cell.reason } : {}),
		news: cell.phase === "Failed" ? [cell.message] : tidingsOf(cell),
	};
}

/** Which cells are listed; what is absent lets all through. */
export type ListFilter = Readonly<{
	/** Also what is over. */
	all?: boolean;
	phase?: readonly Phase[];
	namespace?: string;
	/** A glob. */
	type?: string;
	market?: CapacityType;
	failed?: boolean;
}>;

/** The filter's cells, and how many are only left out because they are over. */
export function listed(
	cells: readonly ListedCell[],
	filter: ListFilter,
): Readonly<{ shown: readonly ListedCell[]; hidden: readonly ListedCell[] }> {
	const isType = filter.type === undefined ? () => true : globMatcher(filter.type);
	const phases = filter.failed === true ? (["Failed"] as const) : filter.phase;
	const meant = cells.filter(
		({ namespace, phase, capacityType, instanceType = "" }) =>
			(filter.namespace === undefined || namespace === filter.namespace) &&
			(filter.market === undefined || capacityType === filter.market) &&
			(phases === undefined || phases.some((each) => each === phase)) &&
			isType(instanceType),
	);
	if (filter.all === true || phases !== undefined) return { shown: meant, hidden: [] };
	return {
		shown: meant.filter((cell) => !isOver(cell)),
		hidden: meant.filter(isOver),
	};
}

/** Nothing more will become of it. An instance that is still to be ended counts as something. */
export const isOver = ({ phase, costHourlyUsd }: ListedCell): boolean =>
	(phase === "Failed" || phase === "Terminated") && costHourlyUsd === 0;

export const sortKeys = ["name", "age", "price", "phase", "type"] as const;
export type SortKey = (typeof sortKeys)[number];

/** In the order of a pod's life. */
const phaseOrder = Phase.options;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const nameOf = ({ namespace, name, uid }: ListedCell): string => `${namespace}/${name}/${uid}`;

/** Youngest and dearest first; equal ones by name. */
const comparisons: Readonly<Record<SortKey, (a: ListedCell, b: ListedCell) => number>> = {
	name: () => 0,
	age: (a, b) => byText(b.acceptedAt, a.acceptedAt),
	price: (a, b) => b.costHourlyUsd - a.costHourlyUsd,
	phase: (a, b) => phaseOrder.indexOf(a.phase) - phaseOrder.indexOf(b.phase),
	type: (a, b) => byText(a.instanceType ?? "", b.instanceType ?? ""),
};

export const sorted = (cells: readonly ListedCell[], by: SortKey): readonly ListedCell[] =>
	cells.toSorted((a, b) => comparisons[by](a, b) || byText(nameOf(a), nameOf(b)));

/** What cells cost, and how they were bought. */
export type Totals = Readonly<{
	cells: number;
	/** With an instance that costs money now. */
	instances: number;
	hourlyUsd: number;
	spotHourlyUsd: number;
	onDemandHourlyUsd: number;
}>;

export function totalsOf(cells: readonly ListedCell[]): Totals {
	const sum = (which: readonly ListedCell[]): number =>
		roundedUsd(which.reduce((usd, { costHourlyUsd }) => usd + costHourlyUsd, 0));
	return {
		cells: cells.length,
		instances: cells.filter(({ costHourlyUsd }) => costHourlyUsd > 0).length,
		hourlyUsd: sum(cells),
		spotHourlyUsd: sum(cells.filter(({ capacityType }) => capacityType === "spot")),
		onDemandHourlyUsd: sum(cells.filter(({ capacityType }) => capacityType === "on-demand")),
	};
}

/** Prices are millionths of a dollar; their sum as a float has more digits. */
const roundedUsd = (usd: number): number => Math.round(usd * 1e6) / 1e6;
