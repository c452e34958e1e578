import type { MappingNode, Node } from "js-yaml";
import type { Fault } from "../errors.ts";
import { isNull, type OperatorDocument } from "./operator-document.ts";

/** Whose cloud-init the image has: elotl's drops in silence what it doesn't know, Canonical's complains. */
export type Flavor = "elotl" | "canonical";

/** What a check has found. A fault costs a cell its files or ours; a warning is for a person to judge. */
export type Finding = Fault & Readonly<{ severity: "fault" | "warning" }>;

export const fault = (path: string, problem: string, value?: string): Finding => ({
	severity: "fault",
	path,
	problem,
	...(value === undefined ? {} : { value }),
});

export const warning = (path: string, problem: string, value?: string): Finding => ({
	...fault(path, problem, value),
	severity: "warning",
});

type Resolved = Exclude<Node, { kind: "alias" }>;

/** The operator's document as a check looks at it: keys to values, aliases and merges followed. */
export type CheckedDocument = OperatorDocument &
	Readonly<{
		/** The value of a key at the top; undefined also for an empty one. */
		at(key: string): Resolved | undefined;
		/** The values of a mapping; empty ones are left out. */
		entriesOf(mapping: MappingNode): ReadonlyMap<string, Resolved>;
	}>;

export function checkedDocument(document: OperatorDocument): CheckedDocument {
	const { root, resolved } = document;

	/** What `<<` brings into a mapping; what the mapping itself says comes after and wins. */
	const merged = (value: Resolved): [string, Resolved][] => {
		if (value.kind === "mapping") return [...entriesOf(value)];
		if (value.kind !== "sequence") return [];
		// The first of several mappings wins.
		return value.items.toReversed().flatMap((item) => {
			const one = resolved(item);
			return one?.kind === "mapping" ? [...entriesOf(one)] : [];
		});
	};

	const entriesOf = (mapping: MappingNode): ReadonlyMap<string, Resolved> => {
		const own: [string, Resolved][] = [];
		const brought: [string, Resolved][] = [];
		for (const item of mapping.items) {
			const key = resolved(item.key);
			const value = resolved(item.value);
			if (key?.kind !== "scalar" || value === undefined || isNull(value)) continue;
			if (key.value === "<<") brought.push(...merged(value));
			else own.push([key.value, value]);
		}
		return new Map([...brought, ...own]);
	};

	const entries = entriesOf(root);
	return { ...document, at: (key) => entries.get(key), entriesOf };
}
