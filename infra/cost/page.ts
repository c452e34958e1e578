import { table } from "../docs/markdown.ts";
import { billOf, type Line, total } from "./bill.ts";
import { functionMemoryMb } from "./deployed.ts";
import { countedFigures, type Figures } from "./figures.ts";
import { idleBill } from "./idle.ts";
import { type Price, prices, pricesOf } from "./prices.ts";

const usd = (amount: number): string =>
	amount === 0 ? "0" : amount < 0.01 ? "< 0.01" : amount.toFixed(2);

/** `4,120,000`; as many digits as a count of some dozen pods bears. */
const amountText = (amount: number): string =>
	amount === 0
		? "0"
		: Number(amount.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 3 });

const million = 1_000_000;

/** Million pods: one by one beside together. */
export function podsTable(figures: Figures = countedFigures()): string {
	const memory = functionMemoryMb();
	const factor = million / figures.pods;
	const oneByOne = billOf(figures.oneByOne, memory, factor);
	const together = billOf(figures.together, memory, factor);
	const nameOf = ({ part, price }: Line): string => JSON.stringify([part, price]);
	const others = new Map(together.map((each) => [nameOf(each), each]));
	const rows = oneByOne.map((each) => {
		const other = others.get(nameOf(each));
		const { unit, what } = prices[each.price];
		return [
			each.part,
			what.replace(/ \(.*\)$/, ""),
			`${amountText(each.amount)} ${unit}`,
			usd(each.usd),
			`${amountText(other?.amount ?? 0)} ${unit}`,
			usd(other?.usd ?? 0),
		];
	});
	return table(
		["part", "charged for", "one by one", "USD", "together", "USD"],
		[
			...rows,
			["**all**", "", "", `**${usd(total(oneByOne))}**`, "", `**${usd(total(together))}**`],
		],
	);
}

/** A month of 30 days without a pod. */
export function idleTable(figures: Figures = countedFigures()): string {
	const lines = idleBill(figures);
	return table(
		["part", "charged for", "a month", "USD"],
		[
			...lines.map((each) => [
				each.part,
				prices[each.price].what,
				`${amountText(each.amount)} ${prices[each.price].unit}`,
				usd(each.usd),
			]),
			["**all**", "", "", `**${usd(total(lines))}**`],
		],
	);
}

/** What was counted, and what per pod. */
export function countedText(
	{ countedOn, pods, bootSecondsMedian, metrics }: Figures = countedFigures(),
): string {
	return `Counted on ${countedOn}: ${pods} pods in each run, cells that boot in ${bootSecondsMedian} s (median), prices of ${pricesOf}; ${metrics.busy} custom metrics in a busy month, ${metrics.idle} in an idle one.`
		.replace(/(.{1,119})(?:\s|$)/g, "$1\n")
		.trimEnd();
}

export const pricesTable = (): string =>
	table(
		["what", "USD", "for", "source", "confirmed by AWS's page"],
		Object.values<Price>(prices).map(({ what, usd: price, per, unit, source, isConfirmed }) => [
			what,
			String(price),
			`${per.toLocaleString("en-US")} ${unit}`,
			source,
			isConfirmed ? "yes" : "no",
		]),
	);
