import { readFile } from "node:fs/promises";
import { type Fault, invalid, ProvisionerError } from "../../shared/errors.ts";
import { type PodManifest, podsIn } from "./manifest.ts";

/** What a person can do about a file that can't be read. */
const problems: ReadonlyMap<unknown, string> = new Map([
	["ENOENT", "there is no such file"],
	["EISDIR", "is a folder; name the files in it"],
]);

/** @throws ProvisionerError `invalid` when there is no text to be read at the path. */
export async function manifestText(path: string): Promise<string> {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		const problem = problems.get(code) ?? "can't be read";
		throw invalid("InvalidManifest", [{ path, problem }]);
	}
}

/** A pod and where it was found. */
type ManifestIn = Readonly<{ manifest: PodManifest; path: string }>;

/**
 * The pods of all files.
 *
 * @param newUid for pods without a uid.
 * @throws ProvisionerError `invalid` with the faults of all files.
 */
export async function manifestsIn(
	paths: readonly string[],
	newUid: () => string,
): Promise<readonly ManifestIn[]> {
	const found: ManifestIn[] = [];
	const faults: Fault[] = [];
	for (const path of paths) {
		try {
			const pods = podsIn(await manifestText(path), path, newUid);
			found.push(...pods.map((manifest) => ({ manifest, path })));
		} catch (error) {
			if (!(error instanceof ProvisionerError) || error.kind !== "invalid") throw error;
			faults.push(...error.faults);
		}
	}
	if (faults.length > 0) throw invalid("InvalidManifest", faults);
	return found;
}
