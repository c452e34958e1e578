import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { checkCloudInit } from "../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../shared/config/load.ts";

/** The file that a deployment is made with, and the region that its functions will run in. */
export type EmbeddedProvider = Readonly<{ path: string; region: string }>;

const folder = fileURLToPath(new URL("../shared/", import.meta.url));

/**
 * Puts the operator's configuration into a bundle as it is after reading and checking, in place of the code that
 * reads and checks: a deployed function can't meet a faulty file, and its cold start needs no more than JSON.
 *
 * The functions call the same `loadProvider`, and get the same from it.
 *
 * @throws ProvisionerError `invalid` `InvalidConfig` with every fault of provider.yaml and its cloud-init file.
 */
export async function embeddedProvider({ path, region }: EmbeddedProvider): Promise<Plugin> {
	const provider = await loadProvider(path, checkCloudInit, { region });
	const modules: Readonly<Record<string, string>> = {
		[`${folder}config/load.ts`]: `import { ProvisionerError } from "../errors.ts";
const provider = ${JSON.stringify(JSON.stringify(provider))};
export async function loadProvider(path, check, { region }) {
	if (region === ${JSON.stringify(region)}) return JSON.parse(provider);
	throw new ProvisionerError(
		"operator",
		"WrongRegion",
		"This function was packaged for " + ${JSON.stringify(region)} + " and runs in " + region + ": package it again for that region.",
	);
}`,
		// What was checked isn't checked again; loadProvider is given it, and leaves it alone.
		[`${folder}bootstrap/check-cloud-init.ts`]: "export const checkCloudInit = undefined;",
	};
	return {
		name: "embedded-provider",
		setup({ onLoad }) {
			onLoad({ filter: /[\\/](load|check-cloud-init)\.ts$/ }, ({ path }) => {
				const contents = modules[path];
				return contents === undefined ? null : { contents, loader: "js" };
			});
		},
	};
}
