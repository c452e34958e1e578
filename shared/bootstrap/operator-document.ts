import {
	constructFromEvents,
	type Document,
	eventsToAst,
	type MappingNode,
	type Node,
	parseEvents,
	visit,
	YAML11_SCHEMA,
	YAMLException,
} from "js-yaml";
import type { Fault } from "../errors.ts";

/** What no operator's file needs, and what looking at one may cost at most. */
const characters = 262_144;
const nodesWithAliases = 100_000;

/**
 * The operator's cloud-init file as a tree that keeps how every scalar was written.
 *
 * Values would lose it: elotl/cloud-init takes `yes`, `0x1F` and `1.10` as text, and what YAML 1.1 makes of
 * them is another text. The tree is written out again with each scalar as it was.
 */
export type OperatorDocument = Readonly<{
	root: MappingNode;
	/** The node that an alias stands for; any other node itself. */
	resolved(node: Node): Exclude<Node, { kind: "alias" }> | undefined;
}>;

/** The document, or all that keeps it from being one; neither for a file without content. */
export type ReadOperatorDocument = Readonly<{
	document?: OperatorDocument;
	faults: readonly Fault[];
}>;

/** Reads YAML 1.1 in bounded time and memory, whatever the text is. */
export function readOperatorDocument(given: string): ReadOperatorDocument {
	const text = given.replace(/^\uFEFF/, "");
	if (text.length > characters) {
		return fault(`must be at most ${characters} characters long`, String(text.length));
	}
	try {
		const events = parseEvents(text, {});
		const documents = eventsToAst(events, { source: text, schema: YAML11_SCHEMA });
		const read = onlyDocument(documents);
		// Only now: what is built from these events shares aliased nodes, but who walks it doesn't.
		if (read.document !== undefined) {
			constructFromEvents(events, { source: text, schema: YAML11_SCHEMA });
		}
		return read;
	} catch (error) {
		if (error instanceof YAMLException) return fault(`isn't YAML 1.1: ${placeOf(error)}`);
		throw error;
	}
}

function onlyDocument(documents: readonly Document[]): ReadOperatorDocument {
	const [first, ...more] = documents;
	if (first === undefined) return { faults: [] };
	if (more.length > 0)
		return fault("must be one YAML document: remove what begins at the next `---`");
	if (first.directives.length > 0) {
		return fault("must have no YAML directives: remove the lines that begin with `%`");
	}
	const root = first.contents;
	if (root === null || isNull(root)) return { faults: [] };
	if (root.kind !== "mapping") return fault("must be a mapping of cloud-init's keys");
	// An alias for a key could be a second write_files.
	if (root.items.some(({ key }) => key.kind !== "scalar")) {
		return fault("must have words for keys at the top, not aliases or collections");
	}
	return named(first, root);
}

function named(document: Document, root: MappingNode): ReadOperatorDocument {
	const anchors = new Map<string, Exclude<Node, { kind: "alias" }>>();
	const twice = new Set<string>();
	visit([document], (node) => {
		if (node.kind === "alias" || node.anchor === undefined) return;
		if (anchors.has(node.anchor)) twice.add(node.anchor);
		anchors.set(node.anchor, node);
	});
	if (twice.size > 0) {
		return fault("must define each anchor once", [...twice].slice(0, 3).join(", ").slice(0, 80));
	}
	if (sizeOf(root, new Map()) > nodesWithAliases) {
		return fault(`must have at most ${nodesWithAliases} nodes with all aliases written out`);
	}
	const resolved = (node: Node) => (node.kind === "alias" ? anchors.get(node.anchor) : node);
	return { document: { root, resolved }, faults: [] };
}

/** Nodes with every alias written out, counted without doing so; infinite where an alias holds itself. */
function sizeOf(node: Node, sizes: Map<string, number>): number {
	if (node.kind === "alias") return sizes.get(node.anchor) ?? 1;
	if (node.anchor !== undefined) sizes.set(node.anchor, Number.POSITIVE_INFINITY);
	const children =
		node.kind === "sequence"
			? node.items
			: node.kind === "mapping"
				? node.items.flatMap(({ key, value }) => [key, value])
				: [];
	const size = children.reduce((sum, child) => sum + sizeOf(child, sizes), 1);
	if (node.anchor !== undefined) sizes.set(node.anchor, size);
	return size;
}

/** An empty value, `~` or `null`. */
export const isNull = (node: Node): boolean =>
	node.kind === "scalar" && node.tag === "tag:yaml.org,2002:null";

/** The line, but not its text: the file may hold secrets. */
const placeOf = ({ reason, mark }: YAMLException): string =>
	mark === undefined ? reason : `${reason} (line ${mark.line + 1}, column ${mark.column + 1})`;

const fault = (problem: string, value?: string): ReadOperatorDocument => ({
	faults: [{ path: "(file)", problem, ...(value === undefined ? {} : { value }) }],
});
