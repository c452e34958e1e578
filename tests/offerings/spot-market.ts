import packaged from "../../shared/offerings/catalogue.json" with { type: "json" };
import type { Catalogue, InstanceType } from "../../shared/offerings/catalogue.ts";
import { Snapshot } from "../../shared/offerings/snapshot.ts";

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

/** The packaged snapshot with a spot price in every zone that sells a type. */
export const pricedSnapshot = (catalogue: Catalogue, date: string): Snapshot => {
	const zoneIds = [...new Set(catalogue.types.flatMap(({ zoneIds: sold = [] }) => sold))];
	const column = (zoneId: string) =>
		catalogue.types.map(({ onDemandMicroUsd }, at) =>
			Math.ceil(
				(onDemandMicroUsd * (20 + (scattered(at * 7 + zoneIds.indexOf(zoneId)) % 90))) / 100,
			),
		);
	return {
		...Snapshot.parse(packaged),
		date,
		spotMicroUsd: Object.fromEntries(zoneIds.map((zoneId) => [zoneId, column(zoneId)])),
	};
};
