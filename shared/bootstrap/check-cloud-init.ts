import { gzipSync } from "node:zlib";
import type { Node } from "js-yaml";
import type { Fault } from "../errors.ts";
import { faultsOfFiles } from "./check-write-files.ts";
import { type CheckedDocument, checkedDocument, type Findings } from "./checked-document.ts";
import { readOperatorDocument } from "./operator-document.ts";

/** Whose cloud-init the image has: elotl's drops in silence what it doesn't know, Canonical's complains. */
type Flavor = "elotl" | "canonical";

/** What elotl/cloud-init reads (cell-contract.md, 1.3), and nothing else. */
const elotlKeys: ReadonlySet<string> = new Set([
	"write_files",
	"milpa_files",
	"hostname",
	"users",
	"ssh_authorized_keys",
	"runcmd",
]);

const elotlLists = ["milpa_files", "users", "ssh_authorized_keys"] as const;

/** User data has 16 KB, of which ours takes about 3. */
const comfortableBytes = 12_288;

/**
 * What is wrong with the operator's cloud-init file, for the cloud-init that will read it.
 *
 * A fault would cost a cell its files or ours, in silence, so it stops the start; a warning is for a person
 * to judge. All are found at once. Neither repeats the content of a file.
 */
export function checkCloudInit(text: string, flavor: Flavor): Findings {
	const read = readOperatorDocument(text);
	const faults: Fault[] = [...faultsOfHeader(text), ...read.faults];
	const warnings: Fault[] = [...warningsOfText(text, flavor)];
	if (read.document !== undefined) {
		const document = checkedDocument(read.document);
		for (const check of [checkKeys, faultsOfFiles, checkCommands, checkLists]) {
			const found = check(document, flavor);
			faults.push(...found.faults);
			warnings.push(...found.warnings);
		}
	}
	return { faults, warnings };
}

/** A first line that gives the file to another part of cloud-init; `#cloud-config` may be left out. */
function faultsOfHeader(text: string): Fault[] {
	const [line = ""] = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
	if (/^#cloud-config\s*$/.test(line)) return [];
	const directive =
		/^(#!|#include|#cloud-|#part-handler|#upstart-job|## *template:|content-type:|mime-version:)/i;
	const [found] = directive.exec(line) ?? [];
	if (found === undefined) return [];
	return [
		{
			path: "line 1",
			value: found,
			problem: "must be `#cloud-config`: our files can only be added to a cloud-config",
		},
	];
}

function* warningsOfText(text: string, flavor: Flavor): Generator<Fault> {
	for (const [index, line] of text.split("\n").entries()) {
		const [variable] = /\$(?:private|public)_ipv[46]/.exec(line) ?? [];
		if (variable === undefined || line.trimStart().startsWith("#")) continue;
		const problem =
			flavor === "elotl"
				? "is replaced by the cell's address before the file is read; a backslash before it prevents that"
				: "stays as it is: only elotl/cloud-init replaces it";
		yield { path: `line ${index + 1}`, value: variable, problem };
	}
	const bytes = text.length > 1_048_576 ? text.length : gzipSync(text).length;
	if (bytes > comfortableBytes) {
		const problem = `has ${bytes} bytes when compressed and may leave too little of user data's 16,384 for ours`;
		yield { path: "(file)", problem };
	}
}

function checkKeys({ root }: CheckedDocument, flavor: Flavor): Findings {
	const faults: Fault[] = [];
	const warnings: Fault[] = [];
	for (const { key } of root.items) {
		const name = key.kind === "scalar" ? key.value : "(key)";
		const known = name.replaceAll("-", "_");
		if (name === "<<") {
			const problem =
				"must not stand at the top: it could bring a second write_files; write its keys out";
			faults.push({ path: name, problem });
		} else if (name !== known && elotlKeys.has(known)) {
			const misspelt = { path: name, problem: `must be spelt ${known}` };
			(flavor === "elotl" ? faults : warnings).push(misspelt);
		} else if (flavor === "elotl" && !elotlKeys.has(name)) {
			warnings.push({ path: name, problem: "isn't known to elotl/cloud-init, which ignores it" });
		}
	}
	return { faults, warnings };
}

function checkCommands({ at, resolved }: CheckedDocument, flavor: Flavor): Findings {
	const faults: Fault[] = [];
	const warnings: Fault[] = [];
	const list = at("runcmd");
	if (list === undefined) return { faults, warnings };
	if (list.kind !== "sequence") {
		return { faults: [{ path: "runcmd", problem: "must be a list of commands" }], warnings };
	}
	for (const [index, item] of list.items.entries()) {
		const path = `runcmd[${index}]`;
		const command = resolved(item);
		if (command?.kind === "mapping") {
			const problem = "is a mapping, not a command: quote commands that hold a colon and a space";
			faults.push({ path, problem });
		} else if (command?.kind === "sequence" && flavor === "elotl") {
			const problem = "is a list, which elotl/cloud-init drops in silence: write one string";
			faults.push({ path, problem });
		} else if (command?.kind === "scalar" && !isText(command)) {
			warnings.push({ path, problem: "isn't a string: quote it" });
		}
	}
	return { faults, warnings };
}

/** Kinds that elotl/cloud-init drops in silence. */
function checkLists({ at, resolved, entriesOf }: CheckedDocument, flavor: Flavor): Findings {
	if (flavor !== "elotl") return { faults: [], warnings: [] };
	const faults = elotlLists.flatMap((path) => {
		const node = at(path);
		if (node === undefined || node.kind === "sequence") return [];
		return [{ path, problem: "must be a list: elotl/cloud-init ignores anything else" }];
	});
	const users = at("users");
	const warnings = (users?.kind === "sequence" ? users.items : []).flatMap((item, index) => {
		const user = resolved(item);
		if (user?.kind !== "mapping") {
			return [{ path: `users[${index}]`, problem: "isn't a mapping: elotl/cloud-init ignores it" }];
		}
		const groups = entriesOf(user).get("groups");
		if (groups === undefined || groups.kind === "sequence") return [];
		return [
			{ path: `users[${index}].groups`, problem: "isn't a list: elotl/cloud-init ignores it" },
		];
	});
	return { faults, warnings };
}

const isText = (node: Node): boolean =>
	node.kind === "scalar" && /^(!|!!str|tag:yaml\.org,2002:str)$/.test(node.tag);
