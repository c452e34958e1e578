import { existsSync } from "node:fs";
import { choiceBasis } from "./choice-basis.ts";
import { basisLines, basisShown, explanationLines } from "./explain-view.ts";
import { type Explanation, explainManifest, explainRecord, noUid } from "./explanation.ts";
import { manifestsIn } from "./manifest-file.ts";
import { type OutputFormat, print } from "./output.ts";
import { providerToTry } from "./package-files.ts";
import { type PlaceOptions, placeOf } from "./place.ts";
import { podRecords } from "./pod-records.ts";
import { withProgress } from "./progress.ts";
import { apart } from "./text-layout.ts";

export type ExplainOptions = PlaceOptions & Readonly<{ provider: string; output: OutputFormat }>;

/**
 * Prints why pods have the cells that they have, or would get: those of files by the code that launch runs,
 * those with a record by what stands there.
 *
 * @throws ProvisionerError `invalid` for files that aren't manifests and pods without a record, with all
 *   their faults; `unavailable` when the table can't be reached.
 */
export async function explainCommand(
	what: readonly string[],
	{ provider, output, ...where }: ExplainOptions,
): Promise<void> {
	const files = what.filter(isFile);
	const pods = what.filter((each) => !isFile(each));
	const manifests = await manifestsIn(files, () => noUid);
	const place = placeOf(where);
	const basis =
		files.length > 0
			? await withProgress(
					"looking up prices and subnets",
					async () => await choiceBasis(providerToTry(provider, place), place, () => new Date()),
				)
			: undefined;

	const explanations: Explanation[] = [];
	for (const { manifest, path } of manifests) {
		if (basis !== undefined) explanations.push(await explainManifest(manifest, path, basis));
	}
	if (pods.length > 0) explanations.push(...(await podRecords(pods, place)).map(explainRecord));

	print(output, { ...(basis && { basis: basisShown(basis) }), pods: explanations }, () =>
		apart([...(basis ? [basisLines(basis)] : []), ...explanations.map(explanationLines)]),
	);
}

/** A file that isn't there is still one by its name. */
const isFile = (what: string): boolean => existsSync(what) || /\.(ya?ml|json)$/.test(what);
