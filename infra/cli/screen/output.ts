import { dump } from "js-yaml";

export type OutputFormat = "table" | "json" | "yaml";

/**
 * Prints data on standard output: for people, or the whole of it for programs.
 *
 * @param data of plain values; as json and yaml it is the same object.
 * @param lines what people read.
 */
export function print(format: OutputFormat, data: unknown, lines: () => readonly string[]): void {
	process.stdout.write(`${textOf(format, data, lines)}\n`);
}

function textOf(format: OutputFormat, data: unknown, lines: () => readonly string[]): string {
	switch (format) {
		case "table":
			return lines().join("\n");
		case "json":
			return JSON.stringify(data, undefined, "\t");
		case "yaml":
			return yamlOf(data);
	}
}

/** What JSON can't say (dates, absent fields) is said as JSON says it. */
const yamlOf = (data: unknown): string =>
	dump(JSON.parse(JSON.stringify(data)), { lineWidth: -1, noRefs: true }).trimEnd();
