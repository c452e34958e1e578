import type { Catalogue } from "../offerings/catalogue.ts";
import type { CatalogueSource } from "../offerings/catalogue-source.ts";
import type { Log } from "../telemetry/log.ts";

/** The catalogue in force; a line in the log whenever it is another, or the stored one couldn't be read. */
export const announcedCatalogue = (
	catalogues: CatalogueSource,
	log: Log,
): (() => Promise<Catalogue>) => {
	let known: Catalogue | undefined;
	let knownFailure: unknown;
	return async () => {
		const { catalogue, origin, ageSeconds, failure } = await catalogues();
		const fields = { origin, region: catalogue.region, date: catalogue.date, ageSeconds };
		if (failure !== undefined && failure !== knownFailure)
			log.warn("stored catalogue can't be read", { ...fields, error: failure });
		if (catalogue !== known) log.info("catalogue in use", fields);
		known = catalogue;
		knownFailure = failure;
		return catalogue;
	};
};
