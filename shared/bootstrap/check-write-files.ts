import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Node, SCALAR_STYLE, type ScalarNode } from "js-yaml";
import type { Fault } from "../errors.ts";
import { reservedPaths } from "./cell-files.ts";
import type { CheckedDocument, Findings } from "./checked-document.ts";

type Flavor = "elotl" | "canonical";

/** Which steps an encoding is made of. */
const encodings: ReadonlyMap<string, { base64: boolean; gzip: boolean }> = new Map([
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

const elotlFields: ReadonlySet<string> = new Set([
	"path",
	"content",
	"encoding",
	"permissions",
	"owner",
]);

/** A file that unpacks to more is no configuration, and may be a bomb. */
const unpackedBytes = 4_194_304;

/** Checks `write_files`, and elotl's older name for it, whose files are written after ours. */
export function faultsOfFiles(document: CheckedDocument, flavor: Flavor): Findings {
	const lists = flavor === "elotl" ? ["write_files", "milpa_files"] : ["write_files"];
	const found = lists.map((list) => checkList(list, document, flavor));
	return {
		faults: found.flatMap(({ faults }) => faults),
		warnings: found.flatMap(({ warnings }) => warnings),
	};
}

function checkList(list: string, document: CheckedDocument, flavor: Flavor): Findings {
	const faults: Fault[] = [];
	const warnings: Fault[] = [];
	const node = document.root.items.find(({ key }) => key.kind === "scalar" && key.value === list);
	if (node?.value.kind === "alias") {
		const problem = "must be written out here, not be an alias: our files are added to it";
		return { faults: [{ path: list, problem }], warnings };
	}
	const files = document.at(list);
	if (files === undefined) return { faults, warnings };
	if (files.kind !== "sequence") {
		return { faults: [{ path: list, problem: "must be a list of files" }], warnings };
	}
	for (const [index, item] of files.items.entries()) {
		const at = `${list}[${index}]`;
		const file = document.resolved(item);
		if (file?.kind !== "mapping") {
			faults.push({ path: at, problem: "must be a mapping with a path and a content" });
			continue;
		}
		const fields = document.entriesOf(file);
		faults.push(...faultsOfPath(at, fields.get("path")));
		faults.push(...faultsOfContent(at, fields, list, flavor));
		faults.push(...faultsOfPermissions(at, fields.get("permissions")));
		if (fields.get("owner") !== undefined && fields.get("owner")?.kind !== "scalar") {
			faults.push({ path: `${at}.owner`, problem: "must be a user, or user:group" });
		}
		warnings.push(...warningsOfFields(at, fields, flavor));
	}
	return { faults, warnings };
}

function* faultsOfPath(at: string, node: Node | undefined): Generator<Fault> {
	const path = `${at}.path`;
	if (node?.kind !== "scalar") {
		yield { path, problem: "is missing, or no text: give an absolute path" };
		return;
	}
	const value = node.value;
	if (!value.startsWith("/")) yield { path, value, problem: "must be an absolute path" };
	// As the cell sees it: elotl/cloud-init joins every path to the root.
	if (reservedPaths.has(posix.normalize(`/${value}`))) {
		yield { path, value, problem: "is a file that every cell gets from us: choose another path" };
	}
}

function* faultsOfContent(
	at: string,
	fields: ReadonlyMap<string, Node>,
	list: string,
	flavor: Flavor,
): Generator<Fault> {
	const content = fields.get("content");
	const encoding = fields.get("encoding");
	if (content !== undefined && content.kind !== "scalar") {
		yield { path: `${at}.content`, problem: "must be text" };
		return;
	}
	if (encoding === undefined) return;
	const path = `${at}.encoding`;
	const value = encoding.kind === "scalar" ? encoding.value : "";
	if (flavor === "canonical" && value === "text/plain") return;
	const steps = encoding.kind === "scalar" ? encodings.get(value) : undefined;
	if (steps === undefined) {
		const known = [...encodings.keys()].filter((name) => name !== "").join(", ");
		yield { path, value, problem: `must be one of ${known}: any other can discard the whole file` };
	} else if (list === "milpa_files" && value !== "") {
		yield { path, value, problem: "isn't read in milpa_files: move the file to write_files" };
	} else if (content !== undefined) {
		const problem = problemOfDecoding(content, steps);
		if (problem !== undefined) yield { path: `${at}.content`, problem };
	}
}

/** Why content can't be decoded; it says nothing of the content itself. */
function problemOfDecoding(
	content: ScalarNode,
	steps: { base64: boolean; gzip: boolean },
): string | undefined {
	const isBinary = /^(!!|tag:yaml\.org,2002:)binary$/.test(content.tag);
	if (steps.gzip && !steps.base64 && !isBinary) {
		return "must be !!binary: gzip isn't text; or add base64 and say so in the encoding";
	}
	let bytes: Buffer | undefined = Buffer.from(content.value, "utf8");
	// Lines may be broken anywhere; the YAML reader takes spaces as well out of !!binary.
	if (isBinary) bytes = decoded(content.value.replace(/\s/g, ""));
	if (steps.base64) bytes = bytes && decoded(bytes.toString("latin1").replace(/[\r\n]/g, ""));
	if (bytes === undefined) return "isn't base64 of the standard alphabet with its padding";
	return steps.gzip ? problemOfUnpacking(bytes) : undefined;
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

function* faultsOfPermissions(at: string, node: Node | undefined): Generator<Fault> {
	if (node === undefined) return;
	const value = node.kind === "scalar" ? node.value : "(no text)";
	if (/^0[0-7]{3,4}$/.test(value)) return;
	const problem =
		'must be octal with a leading zero, in quotes, such as "0644": without it, readers differ';
	yield { path: `${at}.permissions`, value, problem };
}

function* warningsOfFields(
	at: string,
	fields: ReadonlyMap<string, Node>,
	flavor: Flavor,
): Generator<Fault> {
	const permissions = fields.get("permissions");
	if (permissions?.kind === "scalar" && permissions.style === SCALAR_STYLE.PLAIN) {
		const problem = "is a number to YAML: put it in quotes";
		yield { path: `${at}.permissions`, value: permissions.value, problem };
	}
	if (flavor === "canonical") return;
	for (const name of fields.keys()) {
		if (elotlFields.has(name)) continue;
		yield { path: `${at}.${name}`, problem: "isn't known to elotl/cloud-init, which ignores it" };
	}
}
