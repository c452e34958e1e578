import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { deployedProvider } from "./deployed-provider.ts";
import type { Place } from "./place.ts";

const usualProvider = "provider.yaml";
/** What comes with Cellwright to begin with, and a new folder lacks. */
const beginnings: readonly string[] = [usualProvider, "examples/pods"];

/** Where a file of the package is; a checkout is a package too. */
export const packageFile = (path: string): string =>
	join(dirname(createRequire(import.meta.url).resolve("cellwright/package.json")), path);

/**
 * A path in this folder; or the package's own file or folder of that name, where this one has none to begin with.
 *
 * @param say is told which one it is then.
 */
export function hereOrPackaged(
	path: string,
	say: (line: string) => void,
	isHere: (path: string) => boolean = existsSync,
): string {
	if (!beginnings.includes(path) || isHere(path)) return path;
	const packaged = packageFile(path);
	say(`No ${path} here: using the one that comes with Cellwright, ${packaged}`);
	return packaged;
}

/**
 * The operator's configuration: the path that was named; of a deployment what serverless.yml names; this folder's; or
 * what the stack that is meant runs with.
 */
export function providerAt(path: string, { kind, deployment, providerFile = path }: Place): string {
	if (path !== usualProvider) return path;
	const deployed = kind === "account" ? deployedProvider(deployment) : undefined;
	return deployed ?? (existsSync(path) ? path : providerFile);
}

/** The same to try something out: where no deployment was named, the package's own will do, and that is said. */
export function providerToTry(path: string, place: Place): string {
	const found = providerAt(path, place);
	const isNamed = place.kind === "account" && !place.isAssumed;
	return isNamed ? found : hereOrPackaged(found, (line) => console.error(`note: ${line}`));
}
