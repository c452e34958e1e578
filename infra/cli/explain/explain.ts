import { existsSync } from "node:fs";
import { manifestsIn } from "../launch/manifest-file.ts";
import { providerToTry } from "../place/package-files.ts";
import { type PlaceOptions, placeOf } from "../place/place.ts";
import { podRecords } from "../records/pod-records.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { apart } from "../screen/text-layout.ts";
import { choiceBasis } from "./choice-basis.ts";
import { basisLines, basisShown, explanationLines } from "./explain-view.ts";
import { type Explanation, explainManifest, explainRecord, noUid } from "./explanation.ts";

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

/** Standard input is one, too; and what isn't there is still one by its name. */
const isFile = (what: string): boolean =>
	what === "-" || existsSync(what) || /\.(ya?ml|json)$/.test(what);
