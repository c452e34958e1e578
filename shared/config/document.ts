import { shortened } from "../pods/faults.ts";
import { LooseNumber } from "./yaml.ts";

/** A mapping of the file; lists, text and numbers are none. */
export type Section = Readonly<Record<string, unknown>>;

export const isSection = (value: unknown): value is Section =>
	typeof value === "object" &&
	value !== null &&
	!Array.isArray(value) &&
	!(value instanceof LooseNumber);

/** What Kip's reader makes of the file: `key:` and `key: ""` are as good as no key, at any depth. */
export function documentOf(root: Section): Section {
	// Without the sections, what is required in them would not be named.
	return { cloud: {}, cells: {}, ...withoutBlanks(root) };
}

const withoutBlanks = (section: Section): Section =>
	Object.fromEntries(
		Object.entries(section)
			.filter(([, value]) => !isBlank(value))
			.map(([key, value]) => [key, isSection(value) ? withoutBlanks(value) : value]),
	);

const isBlank = (value: unknown): boolean => value === null || value === undefined || value === "";

/** What stands at a path, if the path leads anywhere. */
export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce(
		(current, step) =>
			typeof current === "object" && current !== null && Object.hasOwn(current, step)
				? Reflect.get(current, step)
				: undefined,
		value,
	);

/** A scalar as text for people, cut where it is long; undefined for what isn't one. */
export const scalarText = (value: unknown): string | undefined => {
	const text = wholeText(value);
	return text === undefined ? undefined : shortened(text);
};

/** A scalar as it is written; undefined for what isn't one. */
export const wholeText = (value: unknown): string | undefined =>
	typeof value === "string" ||
	typeof value === "number" ||
	typeof value === "boolean" ||
	value instanceof LooseNumber
		? String(value)
		: undefined;
