import { createHash } from "node:crypto";
import type { SimulatedType, ZoneNames } from "./model.ts";
import type { Region } from "./region.ts";

/** Every zone of the region once, in the order of their names. */
export function zonesOfRegion({ zones, otherZones }: Region): readonly ZoneNames[] {
	const byId = new Map<string, ZoneNames>();
	for (const { zoneId, zone } of [...zones, ...otherZones]) {
		if (!byId.has(zoneId)) byId.set(zoneId, { zoneId, zone });
	}
	return [...byId.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

/** `us-east-1`, of which `us-east-1a` is a zone. */
export const regionName = ({ zones: [first] }: Region): string =>
	(first?.zone ?? "").replace(/[a-z]$/, "");

/** A type by its name, with the zones that sell it. */
export type Sold = Readonly<{ name: string; type: SimulatedType; zones: readonly ZoneNames[] }>;

/** What the region sells, in the order of the names. */
export function soldInRegion(region: Region): readonly Sold[] {
	const everywhere = zonesOfRegion(region);
	return [...region.types]
		.map(([name, type]) => ({
			name,
			type,
			zones: everywhere.filter(({ zoneId }) => type.zoneIds?.includes(zoneId) ?? true),
		}))
		.filter(({ zones }) => zones.length > 0)
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const isSoldAsSpot = ({ onDemandHourlyUsd, spot = true }: SimulatedType): boolean =>
	spot && onDemandHourlyUsd !== undefined;

const leastShare = 0.3;
const mostShare = 0.7;

/** A spot price, and how long before the simulator's start it came into force. */
export type SpotPrice = Readonly<{ hourlyUsd: number; ageMs: number }>;

/**
 * What an hour costs as spot: from 30 to 70 % of the on-demand price, another share for each type and
 * zone. Prices hold still, so that equal seeds give equal prices.
 *
 * @returns undefined for a type that isn't sold as spot.
 */
export function spotPrice(
	{ seed }: Region,
	name: string,
	type: SimulatedType,
	zoneId: string,
): SpotPrice | undefined {
	if (!isSoldAsSpot(type) || type.onDemandHourlyUsd === undefined) return undefined;
	const digest = createHash("sha256").update(`${seed}|spot|${name}|${zoneId}`).digest();
	const share = leastShare + (mostShare - leastShare) * (digest.readUInt32BE(0) / 0xffffffff);
	return {
		hourlyUsd: type.onDemandHourlyUsd * share,
		ageMs: digest.readUInt32BE(4) % longestAgeMs,
	};
}

const longestAgeMs = 6 * 3_600_000;
