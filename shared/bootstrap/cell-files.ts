import { dump } from "js-yaml";
import type { Architecture } from "../offerings/model.ts";
import type { Credentials } from "../pki/model.ts";
import type { CellFile, CellSettings } from "./model.ts";

const folder = "/tmp/itzo";

/** Where the agent finds who it is, in the order in which the files are written. */
const credentialFiles = [
	["ca.crt", "caPem"],
	["server.crt", "certificatePem"],
	["server.key", "keyPem"],
] as const satisfies readonly (readonly [string, keyof Credentials])[];

const settingFiles = ["itzo_version", "itzo_url", "cell_config.yaml"] as const;

/** Paths that are ours: an operator's file there would be lost, or ours would. */
export const reservedPaths: ReadonlySet<string> = new Set(
	[...credentialFiles.map(([name]) => name), ...settingFiles].map((name) => `${folder}/${name}`),
);

/** The files that prove who the cell is. Secret. */
export const filesOfCredentials = (credentials: Credentials): readonly CellFile[] =>
	credentialFiles.map(([name, field]) => ({
		path: `${folder}/${name}`,
		content: credentials[field],
	}));

/** The launcher's files; none where it should use its own default, for an empty file breaks its download. */
export function filesOfSettings(
	{ itzoVersion, itzoUrl, cellConfig }: CellSettings,
	architecture: Architecture,
): readonly CellFile[] {
	const contents = {
		itzo_version: versionFor(itzoVersion?.trim() ?? "", architecture),
		itzo_url: itzoUrl?.trim().replace(/\/+$/, "") ?? "",
		"cell_config.yaml": Object.keys(cellConfig).length === 0 ? "" : cellConfigYaml(cellConfig),
	} satisfies Record<(typeof settingFiles)[number], string>;
	return settingFiles
		.map((name) => ({ path: `${folder}/${name}`, content: contents[name] }))
		.filter(({ content }) => content !== "");
}

/**
 * The version's name in the download bucket: with a `v`, where Kip's operators leave it out.
 *
 * On arm64, `latest` would fetch the binary for amd64 (cell-contract.md, 1.8).
 */
function versionFor(version: string, architecture: Architecture): string {
	if (version === "latest") return architecture === "arm64" ? "arm-latest" : version;
	const isBareVersion = /^\d+\.\d+(\.\d+)?(-[\w.-]+)?(\+[\w.-]+)?$/.test(version);
	return isBareVersion ? `v${version}` : version;
}

/** Sorted, so that equal settings are equal bytes; quoted, because the launcher wants strings only. */
const cellConfigYaml = (cellConfig: Readonly<Record<string, string>>): string =>
	dump(
		Object.fromEntries(
			Object.entries(cellConfig).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
		),
		{ lineWidth: -1, forceQuotes: true, quoteStyle: "double" },
	);
