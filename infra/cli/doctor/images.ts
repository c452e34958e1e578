import type { ProviderConfig } from "../../../shared/config/provider.ts";
import { deprecationOf } from "../../../shared/images/deprecation.ts";
import { newestListed } from "../../../shared/images/look-up.ts";
import type { Image, Images } from "../../../shared/images/model.ts";
import type { Architecture } from "../../../shared/offerings/model.ts";
import { type Finding, failureOf } from "./finding.ts";

export type FoundImages = Readonly<{
	byArchitecture: ReadonlyMap<Architecture, Image>;
	findings: readonly Finding[];
}>;

const dayMs = 24 * 3_600_000;
/** Half a year: by then a system has holes that everybody knows. */
const oldDays = 180;

/** The newest image of each architecture that provider.yaml names, as the function images would find it. */
export async function examineImages(
	images: Images,
	{ cells }: ProviderConfig,
	now: Date,
	signal: AbortSignal,
): Promise<FoundImages> {
	const byArchitecture = new Map<Architecture, Image>();
	const look = async (architecture: Architecture): Promise<readonly Finding[]> => {
		const spec = cells.bootImages[architecture];
		if (spec === undefined) return [];
		const check = `image ${architecture}`;
		try {
			const image = await newestListed(spec, architecture, { images, now: () => now }, signal);
			byArchitecture.set(architecture, image);
			return [imageFinding(check, image, now), metadataFinding(check, image, cells)];
		} catch (error) {
			return [failureOf(check, error)];
		}
	};
	const findings = await Promise.all([look("x86_64"), look("arm64")]);
	return { byArchitecture, findings: findings.flat() };
}

function imageFinding(check: string, image: Image, now: Date): Finding {
	const days = Math.floor((now.getTime() - Date.parse(image.createdAt)) / dayMs);
	const what = `${image.imageId} (${image.name}), ${image.architecture}, ${days} days old`;
	const withdrawn = deprecationOf(image, now);
	if (withdrawn !== undefined)
		return {
			check,
			verdict: "warn",
			says: `${what}; ${withdrawn === "passed" ? "deprecated since" : "deprecated from"} ${image.deprecationTime}`,
			todo: "let the boot image spec select a current image",
		};
	if (days > oldDays)
		return {
			check,
			verdict: "warn",
			says: what,
			todo: "it has had no security fixes since: build or choose a newer one",
		};
	return { check, verdict: "ok", says: what };
}

/** Elotl's account: its cloud-init asks for metadata without a token. */
const elotl = "689494258501";

function metadataFinding(
	image: string,
	{ ownerId }: Image,
	{ metadataTokens, cloudInitFlavor }: ProviderConfig["cells"],
): Finding {
	const check = `metadata, ${image}`;
	if (metadataTokens === "required" && (ownerId === elotl || cloudInitFlavor === "elotl"))
		return {
			check,
			verdict: "fail",
			says: "tokens (IMDSv2) are required, and elotl/cloud-init knows none: no cell would ever answer",
			todo: "leave cells.metadataTokens out, or choose images with Canonical's cloud-init",
		};
	if (metadataTokens === "optional" && cloudInitFlavor === "canonical")
		return {
			check,
			verdict: "warn",
			says: "tokens (IMDSv2) are optional, though Canonical's cloud-init knows them",
			todo: "leave cells.metadataTokens out: then they are required",
		};
	return {
		check,
		verdict: "ok",
		says: `tokens (IMDSv2) ${metadataTokens}, as the image's cloud-init needs`,
	};
}
