import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as z from "zod";
import { ProvisionerError } from "../../../shared/errors.ts";
import { packageFile } from "../place/package-files.ts";

const PackageJson = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/**
 * The embedded stack's own packages, which users of the library do without: npm leaves them out when it is told to,
 * or can't build them.
 *
 * @throws ProvisionerError `operator` `PackagesMissing` with how to install those that are missing.
 */
export function needOptionalPackages(isThere: (name: string) => boolean = canBeLoaded): void {
	const text = readFileSync(packageFile("package.json"), "utf8");
	const { optionalDependencies } = PackageJson.parse(JSON.parse(text));
	const missing = Object.entries(optionalDependencies).filter(([name]) => !isThere(name));
	if (missing.length === 0) return;
	const names = missing.map(([name]) => name).join(", ");
	const exact = missing.map(([name, version]) => `${name}@${version}`).join(" ");
	throw new ProvisionerError(
		"operator",
		"PackagesMissing",
		`the stack on this machine needs packages that aren't installed: ${names}\n  try: npm install ${exact}`,
	);
}

function canBeLoaded(name: string): boolean {
	try {
		createRequire(import.meta.url).resolve(name);
		return true;
	} catch (error) {
		// Any other code is of a package that is there, and has nothing for `require`.
		return !(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND");
	}
}
