import type { Fault } from "../errors.ts";
import { BootImageSpec } from "../images/model.ts";
import { imageOwners, imageParameterMakers, imageSpecFaults } from "../images/spec.ts";
import type { Architecture } from "../offerings/model.ts";
import { isSection, type Section, valueAt, wholeText } from "./document.ts";
import { durationSeconds } from "./fields.ts";

/** Images by architecture; pods run only on those that have one. */
export type BootImages = Readonly<Partial<Record<Architecture, BootImageSpec>>>;

export type CloudInitFlavor = "elotl" | "canonical";

/** Whether instance metadata asks for a token (IMDSv2). */
export type MetadataTokens = "required" | "optional";

/** Where each architecture's spec may stand, in the file's words. */
const specPlaces = [
	{ path: ["cells", "bootImageSpec"], architecture: "x86_64" },
	{ path: ["cells", "bootImageSpecs", "amd64"], architecture: "x86_64" },
	{ path: ["cells", "bootImageSpecs", "arm64"], architecture: "arm64" },
] as const;

/**
 * What must hold between fields.
 *
 * Reads the file itself rather than the schema's result, which there is none of
 * while a single field is wrong: all faults are told at once.
 */
export function ruleFaults(file: Section): Fault[] {
	return [
		...subnetFaults(file),
		...imageFaults(file),
		...flavorFaults(file),
		...volumeFaults(file),
		...parameterStoreFaults(file),
	];
}

/** What is allowed between fields, and hardly ever meant. */
export function ruleWarnings(file: Section): Fault[] {
	return [...tokenWarnings(file), ...lifetimeWarnings(file)];
}

/** Defaults as in the schema; what can't be read is the schema's to tell. */
function lifetimeWarnings(file: Section): Fault[] {
	const written = wholeText(valueAt(file, ["cells", "maxLifetime"]));
	const seconds = durationSeconds(written?.trim() ?? "");
	if (written === undefined || seconds === undefined) return [];
	const numberAt = (key: string, otherwise: number): number => {
		const value = valueAt(file, ["cells", key]);
		return typeof value === "number" ? value : otherwise;
	};
	const certificateDays = numberAt("certificateLifetimeDays", 30);
	const bootSeconds = numberAt("bootTimeoutSeconds", 1_200);
	const problem =
		seconds > certificateDays * 86_400
			? `Unsupported: after ${certificateDays} days (certificateLifetimeDays) nobody can talk to a cell's agent any more, and yet it would run on; shorten this`
			: seconds <= bootSeconds
				? `Unsupported: a cell that is slow to boot would end itself before it is given up (bootTimeoutSeconds: ${bootSeconds}); lengthen this`
				: undefined;
	return problem === undefined ? [] : [{ path: "cells.maxLifetime", value: written, problem }];
}

function tokenWarnings(file: Section): Fault[] {
	if (metadataTokensOf(file) === "optional" || metadataTokensByDefault(file) === "required")
		return [];
	const problem =
		"Unsupported: elotl/cloud-init knows no tokens, and a cell with it never answers; correct cloudInitFlavor, or leave this out";
	return [{ path: "cells.metadataTokens", value: "required", problem }];
}

function volumeFaults(file: Section): Fault[] {
	const key = valueAt(file, ["cells", "volumeKmsKeyID"]);
	const encryption = valueAt(file, ["cells", "volumeEncryption"]);
	if (key === undefined || encryption === "on" || encryption === true) return [];
	const problem =
		"Invalid: has no effect without volumeEncryption: on; add that, or remove the key";
	return [{ path: "cells.volumeKmsKeyID", problem }];
}

function parameterStoreFaults(file: Section): Fault[] {
	if (!usesParameterStore(file)) return [];
	if (valueAt(file, ["cells", "defaultIAMPermissions"]) !== undefined) return [];
	const problem =
		"Required: with useCloudParameterStore, an instance profile whose role may read the parameters below /kip/cells/; without one no cell ever answers";
	return [{ path: "cells.defaultIAMPermissions", problem }];
}

const usesParameterStore = (file: Section): boolean =>
	valueAt(file, ["cells", "useCloudParameterStore"]) === true;

function subnetFaults(file: Section): Fault[] {
	const one = valueAt(file, ["cloud", "aws", "subnetID"]);
	const many = valueAt(file, ["cloud", "aws", "subnetIDs"]);
	const path = "cloud.aws.subnetIDs";
	if (one !== undefined && many !== undefined) {
		return [{ path, problem: "Invalid: given beside subnetID; keep one of the two" }];
	}
	if (one === undefined && (many === undefined || (Array.isArray(many) && many.length === 0))) {
		return [{ path, problem: "Required: at least one subnet id, better one for each zone" }];
	}
	if (!Array.isArray(many)) return [];
	return many.flatMap((id: unknown, index) =>
		typeof id === "string" && many.indexOf(id) < index
			? [{ path: `${path}[${index}]`, value: id, problem: "Invalid: listed twice; remove one" }]
			: [],
	);
}

function imageFaults(file: Section): Fault[] {
	const [short, amd64] = specPlaces.map(({ path }) => valueAt(file, path));
	const twice =
		short === undefined || amd64 === undefined
			? []
			: [
					{
						path: "cells.bootImageSpecs.amd64",
						problem:
							"Invalid: given beside bootImageSpec, which means the same; keep one of the two",
					},
				];
	const filters = specPlaces.flatMap(({ path, architecture }) => {
		const spec = specAt(file, path);
		return spec === undefined ? [] : imageSpecFaults(spec, architecture, path.join("."));
	});
	return [...twice, ...filters];
}

function flavorFaults(file: Section): Fault[] {
	if (valueAt(file, ["cells", "cloudInitFlavor"]) !== undefined) return [];
	const flavors = new Set(Object.values(bootImagesOf(file)).map(flavorOf));
	if (flavors.size < 2) return [];
	const problem =
		"Required: amd64 and arm64 images come from different makers; say which cloud-init both have, elotl or canonical";
	return [{ path: "cells.cloudInitFlavor", problem }];
}

/** As far as they can be read; Elotl's amd64 images where nothing is said. */
export function bootImagesOf(file: Section): BootImages {
	const found = specPlaces.flatMap(({ path, architecture }) => {
		const spec = specAt(file, path);
		return spec === undefined ? [] : [[architecture, spec] as const];
	});
	return found.length === 0 ? { x86_64: {} } : Object.fromEntries(found);
}

/** The file's own word, or the makers' of the images. */
export function cloudInitFlavorOf(file: Section): CloudInitFlavor {
	const said = valueAt(file, ["cells", "cloudInitFlavor"]);
	if (said === "elotl" || said === "canonical") return said;
	return Object.values(bootImagesOf(file)).some((spec) => flavorOf(spec) === "canonical")
		? "canonical"
		: "elotl";
}

/** The file's own word, or what the cells' software can. */
export function metadataTokensOf(file: Section): MetadataTokens {
	const said = valueAt(file, ["cells", "metadataTokens"]);
	return said === "required" || said === "optional" ? said : metadataTokensByDefault(file);
}

/** Elotl's cloud-init knows only IMDSv1; the launcher, which reads parameters, knows tokens. */
function metadataTokensByDefault(file: Section): MetadataTokens {
	if (cloudInitFlavorOf(file) === "canonical") return "required";
	// A lifetime is a command in the user data, which cloud-init must get to see.
	const isCloudInitIdle = ["cloudInitFile", "maxLifetime"].every(
		(key) => valueAt(file, ["cells", key]) === undefined,
	);
	return usesParameterStore(file) && isCloudInitIdle ? "required" : "optional";
}

const canonicalOwner = "099720109477";

const flavorOf = (spec: BootImageSpec): CloudInitFlavor =>
	imageOwners(spec).includes(canonicalOwner) || imageParameterMakers(spec).includes("canonical")
		? "canonical"
		: "elotl";

/** What can be read of a spec, whatever else is wrong with it; undefined where none stands. */
function specAt(file: Section, path: readonly string[]): BootImageSpec | undefined {
	const value = valueAt(file, path);
	if (!isSection(value)) return undefined;
	const texts = BootImageSpec.keyof().options.flatMap((key) => {
		const text = wholeText(value[key]);
		return text === undefined ? [] : [[key, text]];
	});
	return Object.fromEntries(texts);
}
