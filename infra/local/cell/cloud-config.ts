import { gunzipSync } from "node:zlib";
import {
	binaryTag,
	defineScalarTag,
	FAILSAFE_SCHEMA,
	loadAll,
	mergeTag,
	nullYaml11Tag,
} from "js-yaml";

/** A cloud-config: keys with `_` for `-`, scalars as the text that stands there (or bytes). */
export type CloudConfig = Readonly<Record<string, unknown>>;

/** A mapping that YAML gave us. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" &&
	value !== null &&
	!Array.isArray(value) &&
	!(value instanceof Uint8Array);

// cloud-init takes scalars as raw text: `yes` is "yes" and 0600 is "0600", also where a tag says int.
const textTags = ["int", "float", "bool", "timestamp"].map((type) =>
	defineScalarTag(`tag:yaml.org,2002:${type}`, {
		resolve: (source) => source,
		identify: () => false,
	}),
);
const schema = FAILSAFE_SCHEMA.withTags(nullYaml11Tag, mergeTag, binaryTag, ...textTags);

/** More than 16 KiB can pack: a bomb must not eat the other cells' memory. */
const maxUnpackedBytes = 4 * 1_048_576;

/**
 * Reads user data as elotl/cloud-init does: unpacked if gzip, variables replaced, then YAML,
 * whatever the first line says. Only the first document counts.
 *
 * @returns undefined when the whole config must be discarded.
 */
export function readCloudConfig(
	userData: Buffer,
	variables: Readonly<Record<string, string>>,
): CloudConfig | undefined {
	try {
		const text = replaced(unpacked(userData).toString(), variables);
		const [document] = loadAll(text, { schema, json: true });
		if (document === undefined || document === null) return {};
		const config = normalized(document);
		return isMapping(config) ? config : {};
	} catch {
		// The parser's message quotes the text, and the text holds keys: it ends here.
		return undefined;
	}
}

/** The bytes themselves, unless they start like gzip. */
const unpacked = (bytes: Buffer): Buffer =>
	bytes[0] === 0x1f && bytes[1] === 0x8b
		? gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes })
		: bytes;

/** `$private_ipv4` and its like; a backslash before the dollar keeps it. */
const replaced = (text: string, variables: Readonly<Record<string, string>>): string =>
	text.replace(/(\\?)\$((?:public|private)_ipv[46])/g, (_, backslash: string, name: string) =>
		backslash === "" ? (variables[name] ?? "") : `$${name}`,
	);

/** `write-files` is `write_files`, at every level. */
function normalized(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(normalized);
	if (!isMapping(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, content]) => [key.replaceAll("-", "_"), normalized(content)]),
	);
}
