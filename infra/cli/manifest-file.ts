import { readFile } from "node:fs/promises";
import { invalid } from "../../shared/errors.ts";

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
