import { existsSync } from "node:fs";
import { choiceBasis } from "./choice-basis.ts";
import { basisLines, basisShown, explanationLines } from "./explain-view.ts";
import { type Explanation, explainManifest, explainRecord, noUid } from "./explanation.ts";
import { manifestsIn } from "./manifest-file.ts";
import { podRecords, type TableOptions } from "./pod-records.ts";

export type ExplainOptions = TableOptions &
	Readonly<{ provider: string; output: "table" | "json" }>;

/**
 * Prints why pods have the cells that they have, or would get: those of files by the code that launch runs,
 * those with a record by what stands there.
 *
 * @throws ProvisionerError `invalid` for files that aren't manifests and pods without a record, with all
 *   their faults; `unavailable` when the table can't be reached.
 */
export async function explainCommand(
	what: readonly string[],
	{ provider, output, ...table }: ExplainOptions,
): Promise<void> {
	const files = what.filter(isFile);
	const pods = what.filter((each) => !isFile(each));
	const manifests = await manifestsIn(files, () => noUid);
	const basis = files.length > 0 ? await choiceBasis(provider, () => new Date()) : undefined;

	const explanations: Explanation[] = [];
	for (const { manifest, path } of manifests) {
		if (basis !== undefined) explanations.push(await explainManifest(manifest, path, basis));
	}
	if (pods.length > 0) explanations.push(...(await podRecords(pods, table)).map(explainRecord));

	if (output === "json") {
		const shown = { ...(basis && { basis: basisShown(basis) }), pods: explanations };
		console.log(JSON.stringify(shown, undefined, "\t"));
		return;
	}
	const blocks = [...(basis ? [basisLines(basis)] : []), ...explanations.map(explanationLines)];
	console.log(blocks.map((lines) => lines.join("\n")).join("\n\n"));
}

/** A file that isn't there is still one by its name. */
const isFile = (what: string): boolean => existsSync(what) || /\.(ya?ml|json)$/.test(what);
