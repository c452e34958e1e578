import { posix } from "node:path";
import { type MappingNode, type Node, SCALAR_STYLE } from "js-yaml";
import { reservedPaths } from "./cell-files.ts";
import {
	type CheckedDocument,
	type Finding,
	type Flavor,
	fault,
	warning,
} from "./checked-document.ts";
import { encodings, problemOfDecoding } from "./file-encoding.ts";

const elotlFields: ReadonlySet<string> = new Set([
	"path",
	"content",
	"encoding",
	"permissions",
	"owner",
]);

/** One file: its own path in the document, and what it says. */
type File = Readonly<{ at: string; list: string; fields: ReadonlyMap<string, Node> }>;

/** Checks `write_files`, and elotl's older name for it, whose files are written after ours. */
export function* checkFiles(document: CheckedDocument, flavor: Flavor): Generator<Finding> {
	yield* checkList("write_files", document, flavor);
	if (flavor === "elotl") yield* checkList("milpa_files", document, flavor);
}

function* checkList(list: string, document: CheckedDocument, flavor: Flavor): Generator<Finding> {
	if (writtenAt(list, document.root)?.kind === "alias") {
		yield fault(list, "must be written out here, not be an alias: our files are added to it");
		return;
	}
	const files = document.at(list);
	if (files === undefined) return;
	if (files.kind !== "sequence") {
		yield fault(list, "must be a list of files");
		return;
	}
	for (const [index, item] of files.items.entries()) {
		const at = `${list}[${index}]`;
		const file = document.resolved(item);
		if (file?.kind === "mapping") {
			yield* checkFile({ at, list, fields: document.entriesOf(file) }, flavor);
		} else {
			yield fault(at, "must be a mapping with a path and a content");
		}
	}
}

function* checkFile(file: File, flavor: Flavor): Generator<Finding> {
	yield* checkPath(file);
	yield* checkContent(file, flavor);
	yield* checkPermissions(file);
	const { at, fields } = file;
	const owner = fields.get("owner");
	if (owner !== undefined && owner.kind !== "scalar") {
		yield fault(`${at}.owner`, "must be a user, or user:group");
	}
	for (const name of flavor === "elotl" ? fields.keys() : []) {
		if (elotlFields.has(name)) continue;
		yield warning(`${at}.${name}`, "isn't known to elotl/cloud-init, which ignores it");
	}
}

function* checkPath({ at, fields }: File): Generator<Finding> {
	const node = fields.get("path");
	if (node?.kind !== "scalar") {
		yield fault(`${at}.path`, "is missing, or no text: give an absolute path");
		return;
	}
	const { value } = node;
	if (!value.startsWith("/")) yield fault(`${at}.path`, "must be an absolute path", value);
	// As the cell sees it: elotl/cloud-init joins every path to the root.
	if (reservedPaths.has(posix.normalize(`/${value}`))) {
		yield fault(`${at}.path`, "is a file that every cell gets from us: choose another", value);
	}
}

function* checkContent({ at, list, fields }: File, flavor: Flavor): Generator<Finding> {
	const content = fields.get("content");
	if (content !== undefined && content.kind !== "scalar") {
		yield fault(`${at}.content`, "must be text");
		return;
	}
	const encoding = fields.get("encoding");
	if (encoding !== undefined) yield* checkEncoding({ at, list, fields }, encoding, flavor);
}

function* checkEncoding(
	{ at, list, fields }: File,
	encoding: Node,
	flavor: Flavor,
): Generator<Finding> {
	const content = fields.get("content");
	const value = encoding.kind === "scalar" ? encoding.value : "(no text)";
	const steps = encodings.get(value);
	if (steps === undefined) {
		if (flavor === "canonical" && value === "text/plain") return;
		const known = [...encodings.keys()].filter((name) => name !== "").join(", ");
		yield fault(`${at}.encoding`, `must be one of ${known}: any other can cost all files`, value);
	} else if (list === "milpa_files" && value !== "") {
		yield fault(`${at}.encoding`, "isn't read in milpa_files: move this to write_files", value);
	} else if (content?.kind === "scalar") {
		const problem = problemOfDecoding(content, steps);
		if (problem !== undefined) yield fault(`${at}.content`, problem);
	}
}

function* checkPermissions({ at, fields }: File): Generator<Finding> {
	const node = fields.get("permissions");
	if (node === undefined) return;
	const path = `${at}.permissions`;
	const value = node.kind === "scalar" ? node.value : "(no text)";
	if (!/^0[0-7]{3,4}$/.test(value)) {
		const problem =
			'must be octal with a leading zero, in quotes, such as "0644": without it, readers differ';
		yield fault(path, problem, value);
	} else if (node.kind === "scalar" && node.style === SCALAR_STYLE.PLAIN) {
		yield warning(path, "is a number to YAML: put it in quotes", value);
	}
}

const writtenAt = (name: string, { items }: MappingNode): Node | undefined =>
	items.find(({ key }) => key.kind === "scalar" && key.value === name)?.value;
