import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { CellwrightError, placed } from "../../../client/errors.ts";
import { type ReadPodsOptions, readPods } from "../../../client/manifests/read.ts";
import type { NamedPod } from "../../../client/model.ts";
import { type Fault, invalid } from "../../../shared/errors.ts";

/** A pod and the file that it is from. */
export type ManifestIn = Readonly<{ manifest: NamedPod; path: string }>;

type Reading = Pick<ReadPodsOptions, "namespace" | "newUid" | "withHopeless">;

/** What faults call standard input. */
const standardInput = "standard input";

/**
 * The pods of files, of the manifests in folders, and, for `-`, of standard input.
 *
 * @returns with notes of what was left out, for people.
 * @throws ProvisionerError `invalid` with the faults of all files.
 */
export async function readManifestFiles(
	paths: readonly string[],
	reading: Reading,
): Promise<Readonly<{ pods: readonly ManifestIn[]; notes: readonly string[] }>> {
	const faults: Fault[] = [];
	const read = [];
	for (const path of await filesAt(paths, faults)) read.push(await readFrom(path, reading, faults));
	if (faults.length > 0) throw invalid("InvalidManifest", faults);
	const notes = new Set(read.flatMap((each) => each.notes));
	return { pods: read.flatMap(({ pods }) => pods), notes: [...notes] };
}

async function readFrom(path: string, reading: Reading, faults: Fault[]) {
	try {
		const source = path === "-" ? standardInput : path;
		const { pods, notes } = readPods(await textAt(path), { source, ...reading });
		return { pods: pods.map((manifest) => ({ manifest, path: source })), notes };
	} catch (error) {
		if (!(error instanceof CellwrightError)) throw error;
		faults.push(...error.faults.map(placed));
		return { pods: [], notes: [] };
	}
}

/**
 * The pods of files and folders, those as well that no deployment would launch.
 *
 * @param newUid for pods without a uid.
 * @throws ProvisionerError `invalid` with the faults of all files.
 */
export async function manifestsIn(
	paths: readonly string[],
	newUid: () => string,
): Promise<readonly ManifestIn[]> {
	return (await readManifestFiles(paths, { newUid, withHopeless: true })).pods;
}

/** By its name, in a folder. */
export const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

/** Files as they are, folders as the manifests in them; a fault for what isn't there. */
async function filesAt(paths: readonly string[], faults: Fault[]): Promise<readonly string[]> {
	const files: string[] = [];
	for (const path of paths) {
		const at = path === "-" ? undefined : await stat(path).catch(() => undefined);
		if (path !== "-" && at === undefined) faults.push({ path, problem: "there is no such file" });
		else if (at?.isDirectory() === true) {
			const found = (await readdir(path)).filter(isManifest).sort();
			if (found.length === 0)
				faults.push({ path, problem: "is a folder without a .yaml, .yml or .json file" });
			files.push(...found.map((name) => join(path, name)));
		} else files.push(path);
	}
	// Who names a file twice, or with its folder, means its pods once.
	const places = Map.groupBy(files, (path) => resolve(path));
	return [...places.values()].flatMap(([first]) => first ?? []);
}

/** @throws CellwrightError `InvalidManifest` when there is no text to be read at the path. */
async function textAt(path: string): Promise<string> {
	if (path === "-") return await text(process.stdin);
	return await readFile(path, "utf8").catch((cause: unknown) => {
		const problem = `can't be read (${cause instanceof Error && "code" in cause ? cause.code : "no text"})`;
		const fault = { source: path, path: "", problem };
		throw new CellwrightError("InvalidManifest", problem, { cause, faults: [fault] });
	});
}
