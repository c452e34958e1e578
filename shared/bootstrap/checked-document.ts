import type { MappingNode, Node } from "js-yaml";
import type { Fault } from "../errors.ts";
import { isNull, type OperatorDocument } from "./operator-document.ts";

/** What a check has found; every fault and warning with its path. */
export type Findings = Readonly<{ faults: readonly Fault[]; warnings: readonly Fault[] }>;

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
