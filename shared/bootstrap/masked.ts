import {
	DUMP_SCHEMA,
	type MappingNode,
	type Node,
	present,
	SCALAR_STYLE,
	type ScalarNode,
} from "js-yaml";
import type { Credentials } from "../pki/model.ts";
import type { CellSettings } from "./model.ts";
import { type OperatorDocument, readOperatorDocument } from "./operator-document.ts";

/** Keys below which everything is a password or its hash, in cloud-init's modules. */
const passwordKey = /passw(or)?d/i;
const holdsPem = /-----BEGIN /;

/** Credentials of which nothing is left but what they are and how long. */
export const maskedCredentials = ({ caPem, certificatePem, keyPem }: Credentials): Credentials => ({
	caPem: noteOf("certificates", caPem),
	certificatePem: noteOf("certificate", certificatePem),
	keyPem: noteOf("private key", keyPem),
});

/**
 * Settings that may be shown: passwords, keys and certificates are replaced by a note with their size and, unless
 * `showContent`, so are the contents of files and what cellConfig says.
 *
 * What a secret is nobody can know: an operator's `runcmd`, say, is shown as it is.
 */
export const maskedSettings = (
	{ cloudInit, cellConfig, itzoUrl, ...settings }: CellSettings,
	showContent: boolean,
): CellSettings => ({
	...settings,
	...(itzoUrl === undefined ? {} : { itzoUrl: withoutPassword(itzoUrl) }),
	...(cloudInit === undefined ? {} : { cloudInit: maskedCloudInit(cloudInit, showContent) }),
	cellConfig: Object.fromEntries(
		Object.entries(cellConfig).map(([key, value]) => [
			key,
			showContent && !holdsPem.test(value) ? value : noteOf("text", value),
		]),
	),
});

const withoutPassword = (url: string): string => url.replace(/\/\/[^/@]*@/, "//(masked)@");

function maskedCloudInit(cloudInit: string, showContent: boolean): string {
	const { document } = readOperatorDocument(cloudInit);
	// A file that can't be read is refused elsewhere, and one without content hides nothing.
	if (document === undefined) return "";
	maskWithin(document.root, { document, showContent, seen: new Set() });
	const contents: MappingNode = document.root;
	return present([{ contents, directives: [] }], {
		lineWidth: -1,
		seqNoIndent: true,
		quoteStyle: "double",
		schema: DUMP_SCHEMA,
	});
}

type Walk = Readonly<{
	document: OperatorDocument;
	showContent: boolean;
	/** Nodes that were masked as a whole, so that aliases end. */
	seen: Set<Node>;
}>;

function maskWithin(node: Node, walk: Walk): void {
	if (node.kind === "scalar" && holdsPem.test(node.value)) mask(node, "PEM");
	if (node.kind === "sequence") for (const item of node.items) maskWithin(item, walk);
	if (node.kind !== "mapping") return;
	for (const { key, value } of node.items) {
		maskWithin(key, walk);
		const what = secretUnder(key, walk);
		if (what === undefined) maskWithin(value, walk);
		else maskAll(value, what, walk);
	}
}

/** What stands below such a key, if it isn't to be shown. */
function secretUnder(key: Node, { document, showContent }: Walk): string | undefined {
	const named = document.resolved(key);
	const name = named?.kind === "scalar" ? named.value : "";
	if (passwordKey.test(name)) return "password";
	return name === "content" && !showContent ? "content" : undefined;
}

/** Every scalar of it, also where an alias leads: it is the same text there. */
function maskAll(node: Node, what: string, walk: Walk): void {
	const found = walk.document.resolved(node);
	if (found === undefined || walk.seen.has(found)) return;
	walk.seen.add(found);
	if (found.kind === "scalar") mask(found, what);
	else if (found.kind === "sequence") for (const item of found.items) maskAll(item, what, walk);
	else for (const { value } of found.items) maskAll(value, what, walk);
}

function mask(scalar: ScalarNode, what: string): void {
	scalar.value = noteOf(what, scalar.value);
	scalar.style = SCALAR_STYLE.DOUBLE_QUOTED;
	// It may have been !!binary.
	scalar.tag = "tag:yaml.org,2002:str";
	scalar.tagged = false;
}

const noteOf = (what: string, text: string): string =>
	`(${what}, ${Buffer.byteLength(text)} bytes)`;
