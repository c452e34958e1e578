import { gunzipSync } from "node:zlib";
import type { ScalarNode } from "js-yaml";

/** What must be undone before a file is written. */
type Steps = Readonly<{ base64: boolean; gzip: boolean }>;

/** The encodings of `write_files` that both cloud-inits read (cell-contract.md, 1.4). */
export const encodings: ReadonlyMap<string, Steps> = new Map([
	["", { base64: false, gzip: false }],
	["b64", { base64: true, gzip: false }],
	["base64", { base64: true, gzip: false }],
	["gz", { base64: false, gzip: true }],
	["gzip", { base64: false, gzip: true }],
	["gz+b64", { base64: true, gzip: true }],
	["gz+base64", { base64: true, gzip: true }],
	["gzip+b64", { base64: true, gzip: true }],
	["gzip+base64", { base64: true, gzip: true }],
]);

/** A file that unpacks to more is no configuration, and may be a bomb. */
const unpackedBytes = 4_194_304;

/** Why a file's content can't be decoded, without a word of the content; undefined when it can. */
export function problemOfDecoding(
	content: ScalarNode,
	{ base64, gzip }: Steps,
): string | undefined {
	const isBinary = /^(!!|tag:yaml\.org,2002:)binary$/.test(content.tag);
	if (gzip && !base64 && !isBinary) {
		return "must be !!binary: gzip isn't text; or add base64, and say so in the encoding";
	}
	let bytes: Buffer | undefined = Buffer.from(content.value, "utf8");
	// A YAML reader ignores any space in !!binary; base64 in a file may only be broken into lines.
	if (isBinary) bytes = decoded(content.value.replace(/\s/g, ""));
	if (base64) bytes = bytes && decoded(bytes.toString("latin1").replace(/[\r\n]/g, ""));
	if (bytes === undefined) return "isn't base64 of the standard alphabet with its padding";
	return gzip ? problemOfUnpacking(bytes) : undefined;
}

const decoded = (text: string): Buffer | undefined =>
	text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
		? Buffer.from(text, "base64")
		: undefined;

function problemOfUnpacking(bytes: Buffer): string | undefined {
	try {
		gunzipSync(bytes, { maxOutputLength: unpackedBytes });
		return undefined;
	} catch (error) {
		return error instanceof RangeError
			? `unpacks to more than ${unpackedBytes} bytes`
			: "isn't gzip, or is damaged";
	}
}
