import * as z from "zod";
import { invalidValue } from "./fault.ts";
import type { Tags } from "./model.ts";
import { list } from "./query.ts";

/** One `Filter.N` of a request: any of the values will do. */
export const Filter = z.strictObject({ Name: z.string(), Value: list(z.string()) });
type Filter = z.infer<typeof Filter>;

/** What the filters of an action look at: a filter's name → the values that a thing has there. */
export type Facets = Readonly<Record<string, readonly (string | undefined)[]>>;

/**
 * Whether a thing passes all filters.
 *
 * @throws Ec2Fault for a filter that the action doesn't know.
 */
export const matches = (filters: readonly Filter[], facets: Facets, tags: Tags): boolean =>
	filters.every(({ Name, Value }) =>
		valuesAt(Name, facets, tags).some((found) => Value.some((pattern) => isLike(pattern, found))),
	);

function valuesAt(name: string, facets: Facets, tags: Tags): readonly string[] {
	if (name === "tag-key") return [...tags.keys()];
	if (name.startsWith("tag:")) {
		const value = tags.get(name.slice("tag:".length));
		return value === undefined ? [] : [value];
	}
	const values = Object.hasOwn(facets, name) ? facets[name] : undefined;
	if (values === undefined) throw invalidValue(`The filter '${name}' is invalid`);
	return values.filter((value) => value !== undefined);
}

/**
 * EC2's patterns: `*` is any run of characters, `?` any one, a backslash takes the meaning away.
 * Case matters.
 */
export function isLike(pattern: string, text: string): boolean {
	const source = pattern.replace(/\\?[\s\S]/g, (part) => {
		if (part === "*") return "[\\s\\S]*";
		if (part === "?") return "[\\s\\S]";
		return literally(part.length === 2 ? part.slice(1) : part);
	});
	return new RegExp(`^${source}$`).test(text);
}

const literally = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
