import { rememberedSeconds, type Sightings } from "../../shared/sightings/model.ts";

/** Sightings in memory; tests/contracts/sightings.ts holds them to DynamoDB's. */
export function memorySightings(now: () => Date): Sightings {
	const seen = new Map<string, Readonly<{ first: Date; last: Date }>>();
	return {
		async see(subject) {
			const at = now();
			const before = seen.get(subject);
			const counts =
				before !== undefined && at.getTime() - before.last.getTime() <= rememberedSeconds * 1000;
			const first = counts ? before.first : at;
			seen.set(subject, { first, last: at });
			return first;
		},
		async forget(subject) {
			seen.delete(subject);
		},
	};
}
