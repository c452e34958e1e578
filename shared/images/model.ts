import * as z from "zod";
import { Architecture } from "../offerings/model.ts";

/**
 * Which images may boot a cell, as Kip writes it: values are lists separated by white space,
 * `filters` holds `name=value,value` items. Empty: Elotl's own images.
 */
export const BootImageSpec = z.strictObject({
	owners: z.string().optional(),
	executableUsers: z.string().optional(),
	filters: z.string().optional(),
	imageIDs: z.string().optional(),
});
export type BootImageSpec = Readonly<z.infer<typeof BootImageSpec>>;

/** The image's root volume; what a cell's own volume is made from. */
const RootDevice = z.object({
	/** Device name such as `/dev/xvda`. */
	name: z.string(),
	/** 0: unknown. */
	sizeGib: z.int().min(0),
	volumeType: z.string(),
	iops: z.int().optional(),
	/** MiB/s, gp3 only. */
	throughputMibps: z.int().optional(),
});

/** An image that a cell can boot from. */
export const Image = z.object({
	imageId: z.string(),
	name: z.string(),
	ownerId: z.string(),
	architecture: Architecture,
	createdAt: z.string(),
	/** ISO 8601: from then on EC2 lists it only to who asks for deprecated images; it still boots. */
	deprecationTime: z.string().optional(),
	rootDevice: RootDevice,
});
export type Image = Readonly<z.infer<typeof Image>>;

/** EC2's register of images. */
export type Images = Readonly<{
	/**
	 * Every available image that the spec and the architecture select; possibly none. All pages are read.
	 * Deprecated images are listed only where there is no other.
	 */
	find(
		spec: BootImageSpec,
		architecture: Architecture,
		signal: AbortSignal,
	): Promise<readonly Image[]>;
}>;

/** What the images table holds for one spec and architecture. */
export const CachedImage = z.object({
	image: Image,
	/** ISO 8601. */
	refreshedAt: z.string(),
});
export type CachedImage = Readonly<z.infer<typeof CachedImage>>;

/** The images table. Keys are made by `imageKey`. */
export type ImageCache = Readonly<{
	get(key: string, signal: AbortSignal): Promise<CachedImage | undefined>;
	put(key: string, cached: CachedImage, signal: AbortSignal): Promise<void>;
	/** Takes the image out if it still is this one. */
	remove(key: string, imageId: string, signal: AbortSignal): Promise<void>;
}>;

/**
 * How long cells took from EC2's yes to their agent's first answer, by image and family of instance types:
 * milliseconds, a bounded number of the latest, in no order.
 */
export type BootTimes = Readonly<{
	seen(imageId: string, instanceType: string, signal: AbortSignal): Promise<readonly number[]>;
	/** @param bootMs whole milliseconds. */
	add(imageId: string, instanceType: string, bootMs: number, signal: AbortSignal): Promise<void>;
}>;

/** The cache's key: the same for specs that mean the same, whatever order their words stand in. */
export const imageKey = (spec: BootImageSpec, architecture: Architecture): string => {
	const words = Object.entries(spec)
		.map(([name, value = ""]) => ({ name, words: (value.match(/\S+/g) ?? []).sort() }))
		.filter(({ words }) => words.length > 0)
		.map(({ name, words }) => `${name}=${words.join(" ")}`)
		.sort();
	return `${architecture}|${words.join("|")}`;
};

/** Whether two images are the same choice and, if not, which is newer: latest first, ties by id. */
export const newestFirst = (a: Image, b: Image): number =>
	compareText(b.createdAt, a.createdAt) || compareText(a.imageId, b.imageId);

// Not localeCompare: its order depends on the machine's ICU data.
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
