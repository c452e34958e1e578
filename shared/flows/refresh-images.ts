import type { ProviderConfig } from "../config/provider.ts";
import { imageAgeSeconds } from "../images/cache.ts";
import { deprecationOf } from "../images/deprecation.ts";
import { newestListed } from "../images/look-up.ts";
import {
	type BootImageSpec,
	type CachedImage,
	type Image,
	type ImageCache,
	type Images,
	imageKey,
} from "../images/model.ts";
import { Architecture } from "../offerings/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What keeping the cache of boot images fresh touches. */
export type RefreshImagesPorts = Readonly<{
	images: Images;
	imageCache: Pick<ImageCache, "get" | "put">;
	config: ProviderConfig;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/**
 * Looks up the image of every configured architecture anew. What can't be looked up stays in the cache as it
 * is, and launch goes on with it.
 *
 * @throws what the look-up threw; with several architectures, an AggregateError of all failures.
 */
export async function refreshImages(ports: RefreshImagesPorts, signal: AbortSignal): Promise<void> {
	const refreshes = Architecture.options.flatMap((architecture) => {
		const spec = ports.config.cells.bootImages[architecture];
		return spec === undefined ? [] : [refreshed(spec, architecture, ports, signal)];
	});
	const settled = await Promise.allSettled(refreshes);
	const failures = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
	if (failures.length > 1) throw new AggregateError(failures, failures.map(wordsOf).join("; "));
	if (failures.length > 0) throw failures[0];
}

async function refreshed(
	spec: BootImageSpec,
	architecture: Architecture,
	ports: RefreshImagesPorts,
	signal: AbortSignal,
): Promise<void> {
	const { imageCache, metrics, now } = ports;
	const key = imageKey(spec, architecture);
	const cached = await imageCache.get(key, signal);
	try {
		const image = await newestListed(spec, architecture, ports, signal);
		await imageCache.put(key, { image, refreshedAt: now().toISOString() }, signal);
		metrics.add("CachedImageAgeSeconds", 0, { Architecture: architecture });
		tell(image, cached, ports);
	} catch (error) {
		if (cached !== undefined) {
			const age = imageAgeSeconds(cached, now());
			metrics.add("CachedImageAgeSeconds", age, { Architecture: architecture });
		}
		throw error;
	}
}

/** What somebody may want to know of it: that it is another one than before, and that its days are numbered. */
function tell(
	image: Image,
	cached: CachedImage | undefined,
	{ log, metrics, now }: RefreshImagesPorts,
): void {
	const { architecture, imageId, name, deprecationTime } = image;
	const before = cached?.image.imageId;
	if (before !== imageId) log.info("boot image changed", { architecture, imageId, name, before });
	const deprecation = deprecationOf(image, now());
	if (deprecation === undefined) return;
	metrics.add("ImagesDeprecated", 1, { Architecture: architecture });
	log.warn("boot image deprecated", { architecture, imageId, name, deprecationTime, deprecation });
}

const wordsOf = (failure: unknown): string =>
	failure instanceof Error ? failure.message : String(failure);
