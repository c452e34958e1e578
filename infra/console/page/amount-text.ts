/** As much of a number as anybody reads off a graph: `0.0056`, `12.5`, `1234`, `18.2k`. */
export function amountText(value: number): string {
	const size = Math.abs(value);
	if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
	return String(size >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** A price as on the price list: four decimals, more where it is smaller. */
export const usdText = (usd: number): string =>
	usd > 0 && usd < 0.001 ? usd.toPrecision(2) : usd.toFixed(4);
