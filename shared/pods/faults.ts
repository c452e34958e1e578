import type * as z from "zod";
import type { Fault } from "../errors.ts";

/** Characters of a value, or of one step of a path, that a fault shows. */
const shownLength = 80;

/** Faults that one input is told about; it is unusable anyway, and its record is small. */
const shownFaults = 32;

/** A fault whose path and value are safe to show: short, on one line. */
export const faultAt = (path: string, problem: string, value?: string): Fault => ({
	path,
	...(value === undefined ? {} : { value: shortened(value) }),
	problem,
});

/** The text on one line, cut to a readable length. */
export function shortened(text: string): string {
	const cut = text.length > shownLength;
	const line = (cut ? text.slice(0, shownLength) : text)
		.toWellFormed()
		.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "\uFFFD");
	return cut ? `${line}… (${text.length} characters)` : line;
}

/** `spec.containers[0].resources.limits["nvidia.com/gpu"]`. */
export const pathText = (steps: readonly PropertyKey[]): string => steps.reduce(memberPath, "");

/** The path of one member of what stands at a path; also for names that hold dots and slashes. */
export function memberPath(path: string, step: PropertyKey): string {
	if (typeof step === "number") return `${path}[${step}]`;
	const name = shortened(String(step));
	if (!/^[\w-]+$/.test(name)) return `${path}["${name}"]`;
	return path === "" ? name : `${path}.${name}`;
}

/** What a schema's finding says where the schema itself has no words for it; never the value. */
export function schemaProblem(issue: z.core.$ZodRawIssue): string | undefined {
	const missing = issue.input === undefined ? ", but is missing" : "";
	if (issue.code === "invalid_type") return `must be ${kindText(issue.expected)}${missing}`;
	if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}${missing}`;
	if (issue.code === "too_small" && issue.origin === "string") return "must not be empty";
	return undefined;
}

const kindText = (kind: string): string => {
	if (kind === "record") return "an object";
	return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
};

/** The first faults, and how many more there are. */
export function firstFaults(faults: readonly Fault[]): readonly Fault[] {
	if (faults.length <= shownFaults) return faults;
	const problem = `${faults.length - shownFaults} more faults like these`;
	return [...faults.slice(0, shownFaults), { path: "…", problem }];
}
