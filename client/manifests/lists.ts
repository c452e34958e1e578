import type { Document } from "./documents.ts";

/** A List of Lists of Lists is nobody's. */
const deepest = 3;

/** The objects of documents, those of lists one by one. */
export const objectsIn = (documents: readonly Document[]): readonly Document[] =>
	documents.flatMap((document) => itemsOf(document, deepest));

function itemsOf(document: Document, depth: number): readonly Document[] {
	const { value, lineOf } = document;
	if (depth === 0 || !isList(value)) return [document];
	const kind = value.kind.slice(0, -"List".length);
	return value.items.flatMap((item, index) =>
		itemsOf(
			{
				value: withKind(item, kind, value.apiVersion),
				lineOf: (path) => lineOf(["items", index, ...path]),
			},
			depth - 1,
		),
	);
}

type List = Readonly<{ kind: string; apiVersion?: unknown; items: readonly unknown[] }>;

const isList = (value: unknown): value is List =>
	isObject(value) &&
	"kind" in value &&
	typeof value.kind === "string" &&
	value.kind.endsWith("List") &&
	"items" in value &&
	Array.isArray(value.items);

/** The items of a PodList don't say what they are. */
const withKind = (item: unknown, kind: string, apiVersion: unknown): unknown =>
	kind === "" || !isObject(item) || "kind" in item ? item : { ...item, kind, apiVersion };

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
