import { type Catalogue, packagedCatalogue, regionCatalogue } from "./catalogue.ts";
import type { CatalogueStore } from "./market.ts";

/** The catalogue that choices are made from, and how much it is worth. */
export type CatalogueInForce = Readonly<{
	/** The same object until there is another. */
	catalogue: Catalogue;
	/** `packaged`: until the first refresh, or where the stored one can't be read. */
	origin: "stored" | "packaged";
	ageSeconds: number;
	/** Why the stored one couldn't be read the last time; `catalogue` is then what was known before. */
	failure?: unknown;
}>;

/** @returns after a few seconds at most, whatever the store does; never throws for it. */
export type CatalogueSource = () => Promise<CatalogueInForce>;

/** How long what was read serves before it is read again. */
const freshMs = 5 * 60_000;
/** And how long where there was nothing to read, or reading failed. */
const retryMs = 30_000;

type Known = Omit<CatalogueInForce, "ageSeconds">;

/**
 * The stored catalogue of a region, remembered for minutes by the value that this returns; the packaged one
 * until there is one. Many who ask at once share one read, which no one of them can abort.
 *
 * @param readTimeoutMs how long a pod may wait for a slow store.
 */
export function catalogueSource(
	store: Pick<CatalogueStore, "get">,
	region: string,
	now: () => Date,
	readTimeoutMs = 3_000,
): CatalogueSource {
	let known: Known | undefined;
	let freshUntilMs = 0;
	let reading: Promise<Known> | undefined;

	const read = async (): Promise<Known> => {
		try {
			const snapshot = await store.get(AbortSignal.timeout(readTimeoutMs));
			freshUntilMs = now().getTime() + (snapshot === undefined ? retryMs : freshMs);
			if (snapshot === undefined) return packaged();
			const same = known?.origin === "stored" && known.catalogue.date === snapshot.date;
			const catalogue = same ? known?.catalogue : undefined;
			return { catalogue: catalogue ?? regionCatalogue(snapshot, region), origin: "stored" };
		} catch (failure) {
			freshUntilMs = now().getTime() + retryMs;
			return { ...(known ?? packaged()), failure };
		}
	};
	const packaged = (): Known =>
		known?.origin === "packaged"
			? { catalogue: known.catalogue, origin: "packaged" }
			: { catalogue: packagedCatalogue(region), origin: "packaged" };

	return async () => {
		if (known === undefined || now().getTime() >= freshUntilMs) {
			reading ??= read().finally(() => {
				reading = undefined;
			});
			known = await reading;
		}
		return { ...known, ageSeconds: ageSeconds(known.catalogue, now()) };
	};
}

/** Seconds since the figures of a catalogue were gathered. */
export const ageSeconds = ({ date }: Pick<Catalogue, "date">, now: Date): number =>
	Math.max(0, Math.round((now.getTime() - new Date(date).getTime()) / 1_000));
