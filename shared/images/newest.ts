import { deprecationOf } from "./deprecation.ts";
import { type Image, newestFirst } from "./model.ts";

/**
 * The image to boot from: the latest made, ties by id. One that is deprecated only if all are: that is how its
 * maker withdraws it. One without a readable date only if none has one.
 */
export const newestImage = (images: readonly Image[], now: Date): Image | undefined => {
	const current = unlessAll(images, (image) => deprecationOf(image, now) === "passed");
	const dated = unlessAll(current, ({ createdAt }) => Number.isNaN(Date.parse(createdAt)));
	return dated.toSorted(newestFirst)[0];
};

/** Those that don't have a flaw; all, if every one has it. */
const unlessAll = (
	images: readonly Image[],
	isFlawed: (image: Image) => boolean,
): readonly Image[] => {
	const sound = images.filter((image) => !isFlawed(image));
	return sound.length > 0 ? sound : images;
};
