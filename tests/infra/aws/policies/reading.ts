import type { Resource, Template } from "../../../support/packaged-stack.ts";

/** A rule about the template: what breaks it, a sentence each. */
export type Policy = (template: Template) => readonly string[];

/** What stands at a path of a value; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
	let current = value;
	for (const key of path) {
		if (typeof current !== "object" || current === null) return undefined;
		current = Reflect.get(current, key);
	}
	return current;
}

export const listOf = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? value : value === undefined ? [] : [value];

export const ofType = (
	template: Template,
	type: string,
): readonly (readonly [string, Resource])[] =>
	Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** The resource that a `Ref` or `Fn::GetAtt` names. */
export function referred(value: unknown): string | undefined {
	const name = at(value, "Ref") ?? at(value, "Fn::GetAtt", 0);
	return typeof name === "string" ? name : undefined;
}

/** The same as text, for comparisons. */
export const shown = (value: unknown): string => JSON.stringify(value) ?? "undefined";

/** `launch` of `LaunchLambdaFunction`. */
export const functionsOf = (template: Template): ReadonlyMap<string, readonly [string, Resource]> =>
	new Map(
		ofType(template, "AWS::Lambda::Function").map((entry) => [
			String(at(entry[1].Properties, "FunctionName")).replace(/^cellwright-[a-z]+-/, ""),
			entry,
		]),
	);
