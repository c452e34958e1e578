import type { Architecture } from "../offerings/model.ts";
import { newestListed } from "./look-up.ts";
import {
	type BootImageSpec,
	type CachedImage,
	type Image,
	type ImageCache,
	type Images,
	imageKey,
} from "./model.ts";
import { sharedWork } from "./shared-work.ts";

/** Below this age a cached image is as good as EC2's answer. */
const freshSeconds = 24 * 3_600;

/** From this age on the asker refreshes it; until then that is left to the schedule, and no launch waits for it. */
const overdueSeconds = 7 * 24 * 3_600;

/** The image to boot from, and how far it can be trusted. */
type FoundImage = Readonly<{
	image: Image;
	/** Since EC2 last said so. */
	ageSeconds: number;
	/** `stale`: from the cache, although a refresh is due. */
	source: "cache" | "ec2" | "stale";
	/** What went wrong on the way, to be logged: EC2 didn't answer, or the answer couldn't be written back. */
	failure?: unknown;
}>;

type ImagePorts = Readonly<{ images: Images; imageCache: ImageCache; now: () => Date }>;

/** Finds the image for a spec and an architecture. */
export type ImageFinder = Readonly<{
	/**
	 * @throws ProvisionerError `operator` `NoImage` when nothing matches and nothing is cached;
	 * what the ports throw, when nothing is cached.
	 */
	find(spec: BootImageSpec, architecture: Architecture, signal: AbortSignal): Promise<FoundImage>;
	/** EC2 wouldn't launch this image: the next asker looks it up anew. */
	forget(
		spec: BootImageSpec,
		architecture: Architecture,
		imageId: string,
		signal: AbortSignal,
	): Promise<void>;
}>;

/**
 * Looks images up in the cache, and at EC2 only where the cache has none or a very old one.
 *
 * Askers of the same image at the same moment share one look-up. An image that
 * was good before is kept when EC2 fails or no longer lists it, unless it was forgotten.
 */
export function imageFinder(ports: ImagePorts): ImageFinder {
	const shared = sharedWork<FoundImage>();
	return {
		async find(spec, architecture, signal) {
			const key = imageKey(spec, architecture);
			const look = (whileWanted: AbortSignal): Promise<FoundImage> =>
				found(key, spec, architecture, ports, whileWanted);
			return await shared(key, look, signal);
		},
		async forget(spec, architecture, imageId, signal) {
			await ports.imageCache.remove(imageKey(spec, architecture), imageId, signal);
		},
	};
}

async function found(
	key: string,
	spec: BootImageSpec,
	architecture: Architecture,
	ports: ImagePorts,
	signal: AbortSignal,
): Promise<FoundImage> {
	const cached = await ports.imageCache.get(key, signal);
	if (cached !== undefined && imageAgeSeconds(cached, ports.now()) < overdueSeconds) {
		return fromCache(cached, ports.now());
	}
	try {
		const image = await newestListed(spec, architecture, ports, signal);
		return await keep(key, image, ports, signal);
	} catch (failure) {
		if (cached === undefined) throw failure;
		return { ...fromCache(cached, ports.now()), failure };
	}
}

const fromCache = (cached: CachedImage, now: Date): FoundImage => {
	const age = imageAgeSeconds(cached, now);
	return {
		image: cached.image,
		ageSeconds: age,
		source: age < freshSeconds ? "cache" : "stale",
	};
};

/** Since EC2 last confirmed it; infinite where the time can't be read. A time ahead of our clock, from another machine's, is "just now". */
export const imageAgeSeconds = ({ refreshedAt }: CachedImage, now: Date): number => {
	const refreshedMs = Date.parse(refreshedAt);
	if (Number.isNaN(refreshedMs)) return Number.POSITIVE_INFINITY;
	return Math.max(0, (now.getTime() - refreshedMs) / 1_000);
};

/** The answer counts even if it can't be written back: the next asker only asks EC2 again. */
async function keep(
	key: string,
	image: Image,
	{ imageCache, now }: ImagePorts,
	signal: AbortSignal,
): Promise<FoundImage> {
	const answer: FoundImage = { image, ageSeconds: 0, source: "ec2" };
	try {
		await imageCache.put(key, { image, refreshedAt: now().toISOString() }, signal);
		return answer;
	} catch (failure) {
		return { ...answer, failure };
	}
}
