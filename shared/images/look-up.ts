import { ProvisionerError } from "../errors.ts";
import type { Architecture } from "../offerings/model.ts";
import type { BootImageSpec, Image, Images } from "./model.ts";
import { newestImage } from "./newest.ts";

/**
 * The newest image that EC2 lists now.
 *
 * @throws ProvisionerError `operator` `NoImage` when nothing matches; what the register throws.
 */
export async function newestListed(
	spec: BootImageSpec,
	architecture: Architecture,
	{ images, now }: Readonly<{ images: Images; now: () => Date }>,
	signal: AbortSignal,
): Promise<Image> {
	const newest = newestImage(await images.find(spec, architecture, signal), now());
	if (newest !== undefined) return newest;
	throw new ProvisionerError(
		"operator",
		"NoImage",
		`No available ${architecture} image matches ${JSON.stringify(spec)}: check the boot image spec for ${architecture} in provider.yaml, and that the image is shared with this account in this region`,
	);
}
