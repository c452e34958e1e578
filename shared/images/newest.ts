import { type Image, newestFirst } from "./model.ts";

/** The image to boot from: the latest made, ties by id; one without a readable date only if none has one. */
export const newestImage = (images: readonly Image[]): Image | undefined => {
	const dated = images.filter(({ createdAt }) => !Number.isNaN(Date.parse(createdAt)));
	return (dated.length > 0 ? dated : images).toSorted(newestFirst)[0];
};
