import { gzipSync } from "node:zlib";
import type { Node } from "js-yaml";
import type { Fault } from "../errors.ts";
import { checkFiles } from "./check-write-files.ts";
import {
	type CheckedDocument,
	checkedDocument,
	type Finding,
	type Flavor,
	fault,
	warning,
} from "./checked-document.ts";
import { readOperatorDocument } from "./operator-document.ts";

/** What elotl/cloud-init reads (cell-contract.md, 1.3), and nothing else. */
const elotlKeys: ReadonlySet<string> = new Set([
	"write_files",
	"milpa_files",
	"hostname",
	"users",
	"ssh_authorized_keys",
	"runcmd",
]);

/** First lines that give the file to another part of cloud-init; `#cloud-config` itself may be left out. */
const otherDirective =
	/^(#!|#include|#cloud-(?!config\s*$)[\w-]*|#part-handler|#upstart-job|## *template:|content-type:|mime-version:)/i;

const metadataVariable = /\$(?:private|public)_ipv[46]/;

/** User data has 16 KB, of which ours takes about 3. */
const comfortableBytes = 12_288;

/**
 * What is wrong with the operator's cloud-init file, for the cloud-init that will read it.
 *
 * Everything is found at once, with its path. Nothing repeats the content of a file, which may be secret.
 */
export function checkCloudInit(
	text: string,
	flavor: Flavor,
): Readonly<{ faults: readonly Fault[]; warnings: readonly Fault[] }> {
	const found = [...findings(text, flavor)];
	const of = (wanted: Finding["severity"]): Fault[] =>
		found.flatMap(({ severity, ...rest }) => (severity === wanted ? [rest] : []));
	return { faults: of("fault"), warnings: of("warning") };
}

function* findings(text: string, flavor: Flavor): Generator<Finding> {
	yield* checkHeader(text);
	const { document, faults } = readOperatorDocument(text);
	for (const { path, problem, value } of faults) yield fault(path, problem, value);
	if (faults.length > 0) return;
	yield* checkText(text, flavor);
	if (document === undefined) return;
	const checked = checkedDocument(document);
	yield* checkKeys(checked, flavor);
	yield* checkFiles(checked, flavor);
	yield* checkCommands(checked, flavor);
	if (flavor === "elotl") yield* checkUsers(checked);
}

function* checkHeader(text: string): Generator<Finding> {
	const [found] = otherDirective.exec(text.replace(/^\uFEFF/, "").split("\n", 1)[0] ?? "") ?? [];
	if (found === undefined) return;
	const problem = "must be `#cloud-config`: our files can only be added to a cloud-config";
	yield fault("line 1", problem, found);
}

function* checkText(text: string, flavor: Flavor): Generator<Finding> {
	for (const [index, line] of text.split("\n").entries()) {
		const [variable] = line.trimStart().startsWith("#") ? [] : (metadataVariable.exec(line) ?? []);
		if (variable === undefined) continue;
		const problem =
			flavor === "elotl"
				? "is replaced by the cell's address before the file is read; a backslash before it prevents that"
				: "stays as it is: only elotl/cloud-init replaces it";
		yield warning(`line ${index + 1}`, problem, variable);
	}
	const bytes = gzipSync(text).length;
	if (bytes > comfortableBytes) {
		const problem = "may leave too little of user data's 16,384 bytes for our files: shorten it";
		yield warning("(file)", problem, `${bytes} bytes when compressed`);
	}
}

function* checkKeys({ root }: CheckedDocument, flavor: Flavor): Generator<Finding> {
	for (const { key } of root.items) {
		const name = key.kind === "scalar" ? key.value : "(key)";
		if (name === "<<") {
			yield fault(name, "must not stand at the top, where it could bring a second write_files");
		}
		yield* checkSpelling(name, flavor);
	}
}

function* checkSpelling(name: string, flavor: Flavor): Generator<Finding> {
	const spelt = name.replaceAll("-", "_");
	if (name !== spelt && elotlKeys.has(spelt)) {
		// elotl/cloud-init takes both: there would be two, and one of them would win.
		yield (flavor === "elotl" ? fault : warning)(name, `must be spelt ${spelt}`);
	} else if (flavor === "elotl" && !elotlKeys.has(name) && name !== "<<") {
		yield warning(name, "isn't known to elotl/cloud-init, which ignores it");
	}
}

function* checkCommands({ at, resolved }: CheckedDocument, flavor: Flavor): Generator<Finding> {
	const list = at("runcmd");
	if (list === undefined) return;
	if (list.kind !== "sequence") {
		yield fault("runcmd", "must be a list of commands");
		return;
	}
	for (const [index, item] of list.items.entries()) {
		const path = `runcmd[${index}]`;
		const command = resolved(item);
		if (command?.kind === "mapping") {
			yield fault(path, "is a mapping, not a command: quote what holds a colon and a space");
		} else if (command?.kind === "sequence" && flavor === "elotl") {
			yield fault(path, "is a list, which elotl/cloud-init drops in silence: write one string");
		} else if (command?.kind === "scalar" && !/str$|^!$/.test(command.tag)) {
			yield warning(path, "isn't a string: quote it");
		}
	}
}

/** Kinds that elotl/cloud-init drops in silence. */
function* checkUsers(document: CheckedDocument): Generator<Finding> {
	for (const path of ["users", "ssh_authorized_keys"]) {
		const node = document.at(path);
		if (node !== undefined && node.kind !== "sequence") {
			yield fault(path, "must be a list: elotl/cloud-init ignores anything else");
		}
	}
	const users = document.at("users");
	if (users?.kind !== "sequence") return;
	for (const [index, item] of users.items.entries()) {
		yield* checkUser(`users[${index}]`, item, document);
	}
}

function* checkUser(
	path: string,
	item: Node,
	{ resolved, entriesOf }: CheckedDocument,
): Generator<Finding> {
	const user = resolved(item);
	if (user?.kind !== "mapping") {
		yield warning(path, "isn't a mapping: elotl/cloud-init ignores it");
		return;
	}
	const groups = entriesOf(user).get("groups");
	if (groups !== undefined && groups.kind !== "sequence") {
		yield warning(`${path}.groups`, "isn't a list: elotl/cloud-init ignores it");
	}
}
