import * as z from "zod";
import type { Fault } from "../errors.ts";
import { pathText } from "../pods/faults.ts";
import { isSection } from "./document.ts";
import { nearestKey } from "./nearest-key.ts";

type Findings = Readonly<{ faults: readonly Fault[]; warnings: readonly Fault[] }>;

/**
 * Keys that the schema doesn't know, with the one that was probably meant; and
 * those that it only puts up with, as warnings.
 *
 * Neither shows a value: what stands under a misspelt key may be a secret.
 */
export function checkKeys(
	value: unknown,
	schema: z.core.$ZodType,
	path: readonly string[] = [],
): Findings {
	const section = unwrapped(schema);
	if (!isSection(value) || !(section instanceof z.ZodObject)) return nothing;
	const known: Readonly<Record<string, z.core.$ZodType>> = section.shape;
	const findings = Object.entries(value).map(([key, inner]): Findings => {
		const field = Object.hasOwn(known, key) ? known[key] : undefined;
		const here = [...path, key];
		if (field === undefined)
			return { faults: [unknownKey(here, Object.keys(known))], warnings: [] };
		const why = reasonWithoutEffect(field);
		if (why === undefined) return checkKeys(inner, field, here);
		const warning = { path: pathText(here), problem: `Unsupported: has no effect here: ${why}` };
		return { faults: [], warnings: isOff(inner) ? [] : [warning] };
	});
	return {
		faults: findings.flatMap(({ faults }) => faults),
		warnings: findings.flatMap(({ warnings }) => warnings),
	};
}

const nothing: Findings = { faults: [], warnings: [] };

function unknownKey(path: readonly string[], known: readonly string[]): Fault {
	const nearest = nearestKey(path.at(-1) ?? "", known);
	const advice =
		nearest === undefined ? `known here are ${known.join(", ")}` : `did you mean ${nearest}?`;
	return {
		path: pathText(path),
		problem: `Unsupported: no such key; ${advice} (Kip ignores unknown keys, here they are errors)`,
	};
}

/** The schema below its defaults. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
	const isWrapper =
		schema instanceof z.ZodOptional ||
		schema instanceof z.ZodDefault ||
		schema instanceof z.ZodPrefault;
	return isWrapper ? unwrapped(schema.unwrap()) : schema;
}

const reasonWithoutEffect = (schema: z.core.$ZodType): string | undefined => {
	const why = z.globalRegistry.get(schema)?.["withoutEffect"];
	return typeof why === "string" ? why : undefined;
};

/** Set to nothing, there is nothing to warn of. */
const isOff = (value: unknown): boolean =>
	value === false ||
	(Array.isArray(value) && value.length === 0) ||
	(isSection(value) && Object.keys(value).length === 0);
