import type { Image } from "./model.ts";

/** Before an image is deprecated: long enough for somebody to make or choose another one. */
const nearMs = 30 * 24 * 3_600_000;

/** Whether its maker has withdrawn an image, or will before long; a time that can't be read counts as none. */
export function deprecationOf(
	{ deprecationTime }: Pick<Image, "deprecationTime">,
	now: Date,
): "passed" | "near" | undefined {
	if (deprecationTime === undefined) return undefined;
	const leftMs = Date.parse(deprecationTime) - now.getTime();
	if (leftMs <= 0) return "passed";
	return leftMs <= nearMs ? "near" : undefined;
}
