import type { Image } from "./model.ts";

/** What Kip launches when neither the image nor the operator names a size. */
const fallbackGib = 8;

/**
 * Size of the root volume that a cell is launched with, in GiB.
 *
 * Never smaller than the image's own, which EC2 would refuse.
 *
 * @param wantedGib what the pod or the operator asks for; 0: nothing.
 */
export const volumeGibFor = (
	wantedGib: number,
	{ rootDevice }: Pick<Image, "rootDevice">,
): number => Math.max(rootDevice.sizeGib, wantedGib) || fallbackGib;
