import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { type CloudConfig, isMapping, readCloudConfig } from "./cloud-config.ts";

/** A file that cloud-init has written. */
export type WrittenFile = Readonly<{ content: Buffer; mode: number; owner: string | undefined }>;

/** What a machine looks like after cloud-init. */
export type CloudInitResult = Readonly<{
	/** By absolute path. */
	files: ReadonlyMap<string, WrittenFile>;
	hostname: string;
	/** Never run: this is a laptop. */
	runcmd: readonly string[];
	/** The one thing that commands do here: with a timer of systemd's, the machine ends itself. */
	powersOffAfterSeconds: number | undefined;
	/** What went wrong, without any content. */
	problems: readonly string[];
}>;

type Metadata = Readonly<{ hostname: string; localIpv4: string }>;

/** Applies user data as elotl/cloud-init does, to a file system in memory. */
export function applyCloudInit(userData: Buffer, metadata: Metadata): CloudInitResult {
	const [metadataHostname = ""] = metadata.hostname.split(/[\s.]/, 1);
	const config = readCloudConfig(userData, { private_ipv4: metadata.localIpv4 });
	const entries = config === undefined ? undefined : decodedEntries(config);
	if (config === undefined || entries === undefined) {
		const problem =
			config === undefined ? "user data can't be read" : "a file's encoding can't be undone";
		return {
			files: new Map(),
			hostname: metadataHostname,
			runcmd: [],
			powersOffAfterSeconds: undefined,
			problems: [problem],
		};
	}
	const problems: string[] = [];
	const files = new Map<string, WrittenFile>();
	for (const entry of [...entries, ...legacyEntries(config)]) write(files, entry, problems);
	if (!files.has("/etc/environment")) {
		const content = Buffer.from(`MILPA_PRIVATE_IPV4=${metadata.localIpv4}\n`);
		files.set("/etc/environment", { content, mode: 0o644, owner: undefined });
	}
	const runcmd = commands(config);
	return {
		files,
		hostname: textOf(config["hostname"]) || metadataHostname,
		runcmd,
		powersOffAfterSeconds: powerOffIn(runcmd),
		problems,
	};
}

type Entry = Readonly<{
	where: string;
	path: string;
	/** undefined: can't be written. */
	content: Buffer | undefined;
	permissions: string;
	owner: string | undefined;
}>;

/** @returns undefined when one encoding can't be undone: cloud-init then discards everything. */
function decodedEntries(config: CloudConfig): readonly Entry[] | undefined {
	const entries = filesUnder(config, "write_files").map(({ encoding, raw, ...entry }) => ({
		...entry,
		content: decoded(raw, encoding),
	}));
	return entries.some(({ content }) => content === undefined) ? undefined : entries;
}

/** `milpa_files` are never decoded: one that asks for it isn't written. */
const legacyEntries = (config: CloudConfig): readonly Entry[] =>
	filesUnder(config, "milpa_files").map(({ encoding, raw, ...entry }) => ({
		...entry,
		content: encoding === "" ? raw : undefined,
	}));

/** A list of file entries; what has the wrong type is dropped, as if it weren't there. */
const filesUnder = (config: CloudConfig, key: string) =>
	listOf(config[key])
		.filter(isMapping)
		.map((entry, index) => ({
			where: `${key}[${index}]`,
			path: textOf(entry["path"]),
			raw: bytesOf(entry["content"]),
			encoding: textOf(entry["encoding"]),
			permissions: textOf(entry["permissions"]),
			owner: textOf(entry["owner"]) || undefined,
		}));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const bytesOf = (value: unknown): Buffer =>
	value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(textOf(value));

/** @returns undefined for an encoding that is unknown, or content that isn't in it. */
function decoded(raw: Buffer, encoding: string): Buffer | undefined {
	switch (encoding) {
		case "":
			return raw;
		case "b64":
		case "base64":
			return fromBase64(raw);
		case "gz":
		case "gzip":
			return gunzipped(raw);
		case "gz+base64":
		case "gzip+base64":
		case "gz+b64":
		case "gzip+b64":
			return gunzipped(fromBase64(raw));
		default:
			return undefined;
	}
}

/** Standard alphabet with padding; line breaks are tolerated. */
function fromBase64(raw: Buffer): Buffer | undefined {
	const text = raw.toString("latin1").replace(/[\r\n]/g, "");
	const isWhole = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
	return isWhole ? Buffer.from(text, "base64") : undefined;
}

function gunzipped(packed: Buffer | undefined): Buffer | undefined {
	if (packed === undefined) return undefined;
	try {
		return gunzipSync(packed, { maxOutputLength: 4 * 1_048_576 });
	} catch {
		return undefined;
	}
}

/** Later entries for the same path win. */
function write(files: Map<string, WrittenFile>, entry: Entry, problems: string[]): void {
	const { where, path, content, permissions, owner } = entry;
	if (content === undefined) problems.push(`${where}: encodings aren't supported here`);
	else if (path === "") problems.push(`${where}: there is no path`);
	else if (!/^[0-7]{0,10}$/.test(permissions)) problems.push(`${where}: permissions aren't octal`);
	else {
		const mode = permissions === "" ? 0o644 : Number.parseInt(permissions, 8);
		files.set(posix.join("/", path), { content, mode, owner });
	}
}

/** Strings only; `null` is an empty line, a nested list nothing. */
const commands = (config: CloudConfig): readonly string[] =>
	listOf(config["runcmd"])
		.filter((item) => typeof item === "string" || item === null)
		.map((item) => textOf(item));

/** A timer that a command writes and starts, and that leads to `poweroff.target`. */
function powerOffIn(runcmd: readonly string[]): number | undefined {
	const [, seconds] = /OnBootSec=(\d+)\\nUnit=poweroff\.target/.exec(runcmd.join("\n")) ?? [];
	return seconds === undefined ? undefined : Number(seconds);
}
