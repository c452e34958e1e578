import type { Catalogue, InstanceType } from "../../shared/offerings/catalogue.ts";

/**
 * The same catalogue with spot prices as a day may have them: each zone its own, mostly between a fifth of
 * the price on demand and all of it, now and then dearer, equal to the estimate, or not known.
 */
export const withSpotPrices = (catalogue: Catalogue, salt = 0): Catalogue => ({
	...catalogue,
	types: catalogue.types.map((type, position) => priced(type, position * 31 + salt)),
});

function priced(type: InstanceType, salt: number): InstanceType {
	if (!type.spot || type.zoneIds === undefined) return type;
	const prices = type.zoneIds.flatMap((zoneId, zone): [string, number][] => {
		const draw = scattered(salt * 7 + zone);
		if (draw % 10 === 0) return [];
		const percent = draw % 10 === 1 ? 50 : 20 + (draw % 90);
		return [[zoneId, Math.ceil((type.onDemandMicroUsd * percent) / 100)]];
	});
	return { ...type, spotMicroUsd: Object.fromEntries(prices) };
}

const scattered = (value: number): number =>
	(Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> 7) % 10_007;
