import { isSection } from "../../shared/config/document.ts";

/** What an excerpt leaves out stays as it is in the file below; sections are merged, the rest replaced. */
export function merged(below: unknown, above: unknown): unknown {
	if (!isSection(below) || !isSection(above)) return above;
	const result: Record<string, unknown> = { ...below };
	for (const [key, value] of Object.entries(above)) result[key] = merged(below[key], value);
	return result;
}
