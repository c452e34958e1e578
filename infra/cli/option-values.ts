import type { Fault } from "../../shared/errors.ts";

/** Whole seconds as they were typed; undefined, and a fault, for anything else. */
export function secondsFrom(
	path: string,
	text: string | undefined,
	faults: Fault[],
): number | undefined {
	if (text === undefined) return undefined;
	if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1800) return Number(text);
	faults.push({ path, value: text, problem: "must be whole seconds from 1 to 1800" });
	return undefined;
}
