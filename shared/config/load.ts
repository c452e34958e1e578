import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { CellSettings } from "../bootstrap/model.ts";
import { type Fault, invalid } from "../errors.ts";
import { type Deployment, inspectProvider, type ProviderConfig } from "./provider.ts";
import { revisionOf } from "./revision.ts";
import type { CloudInitFlavor } from "./rules.ts";

/** What is wrong with a cloud-init file, for the cloud-init that will read it. */
export type CheckCloudInit = (
	text: string,
	flavor: CloudInitFlavor,
) => Readonly<{ faults: readonly Fault[]; warnings: readonly Fault[] }>;

/** The operator's configuration with the file that it names. */
type LoadedProvider = Readonly<{
	config: ProviderConfig;
	/** What user data is made from, with the cloud-init file's text. */
	settings: CellSettings;
	/** See `revisionOf`. */
	revision: string;
	/** Of both files. */
	warnings: readonly Fault[];
}>;

/**
 * Reads provider.yaml and its cloud-init file.
 *
 * @throws ProvisionerError `invalid` `InvalidConfig` with every fault of both files.
 */
export async function loadProvider(
	path: string,
	checkCloudInit: CheckCloudInit,
	deployment: Deployment = {},
): Promise<LoadedProvider> {
	const file = await readText(path);
	if ("problem" in file) throw invalid("InvalidConfig", [{ path, problem: file.problem }]);
	const inspection = inspectProvider(file.text, deployment);
	const cloudInit = await cloudInitOf(path, inspection, checkCloudInit);
	const faults = [...inspection.faults, ...cloudInit.faults];
	const { config } = inspection;
	if (config === undefined || faults.length > 0) throw invalid("InvalidConfig", faults);
	return {
		config,
		settings: settingsOf(config, cloudInit.text),
		revision: revisionOf(config, cloudInit.text),
		warnings: [...inspection.warnings, ...cloudInit.warnings],
	};
}

type CloudInit = Readonly<{ text?: string; faults: readonly Fault[]; warnings: readonly Fault[] }>;

async function cloudInitOf(
	providerPath: string,
	named: { cloudInitFile: string | undefined; cloudInitFlavor: CloudInitFlavor },
	check: CheckCloudInit,
): Promise<CloudInit> {
	const value = named.cloudInitFile;
	if (value === undefined) return { faults: [], warnings: [] };
	const file = await readText(resolve(dirname(providerPath), value));
	if ("problem" in file) {
		const fault = { path: "cells.cloudInitFile", value, problem: file.problem };
		return { faults: [fault], warnings: [] };
	}
	const { faults, warnings } = check(file.text, named.cloudInitFlavor);
	const inFile = (fault: Fault): Fault => ({ ...fault, path: `${value}: ${fault.path}` });
	return { text: file.text, faults: faults.map(inFile), warnings: warnings.map(inFile) };
}

/** What the system says about a file that can't be read, for those cases that a person can do something about. */
const problems: ReadonlyMap<unknown, string> = new Map([
	["ENOENT", "Required: there is no such file; create it or correct the path"],
	["EISDIR", "Invalid: is a folder; name a file in it"],
	["ENOTDIR", "Invalid: goes through something that isn't a folder; correct the path"],
	["EACCES", "Invalid: may not be read; change its permissions"],
]);

async function readText(path: string): Promise<{ text: string } | { problem: string }> {
	try {
		return { text: new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path)) };
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
			return { problem: "Invalid: isn't UTF-8 text; save it as UTF-8" };
		}
		const problem = problems.get(code);
		if (problem === undefined) throw error;
		return { problem };
	}
}

const settingsOf = (
	{ cells: { itzoVersion, itzoUrl, cellConfig } }: ProviderConfig,
	cloudInit: string | undefined,
): CellSettings => ({
	...(itzoVersion === undefined ? {} : { itzoVersion }),
	...(itzoUrl === undefined ? {} : { itzoUrl }),
	cellConfig,
	...(cloudInit === undefined ? {} : { cloudInit }),
});
