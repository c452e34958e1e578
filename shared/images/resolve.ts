import type { Images } from "./model.ts";
import { parameterOf } from "./spec.ts";

/** Public SSM parameters that hold image ids, such as a maker's newest image. */
export type ImageParameters = Readonly<{
	/**
	 * The image id that each parameter holds now.
	 *
	 * @param names without `resolve:ssm:`; with `:version` where one is meant.
	 * @throws ProvisionerError that names the parameters which are missing, denied or hold no image id.
	 */
	imageIds(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}>;

/** Images that may also be named by the parameter that holds their id: each is read anew at every look-up. */
export const resolvingImages = (images: Images, parameters: ImageParameters): Images => ({
	async find(spec, architecture, signal) {
		const words = spec.imageIDs?.match(/\S+/g) ?? [];
		const names = words.flatMap((word) => parameterOf(word) ?? []);
		if (names.length === 0) return await images.find(spec, architecture, signal);
		const ids = await parameters.imageIds([...new Set(names)], signal);
		const imageIDs = words.map((word) => ids.get(parameterOf(word) ?? "") ?? word).join(" ");
		return await images.find({ ...spec, imageIDs }, architecture, signal);
	},
});
