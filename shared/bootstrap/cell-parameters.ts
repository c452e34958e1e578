import { basename } from "node:path/posix";
import { dump } from "js-yaml";
import { ProvisionerError } from "../errors.ts";
import { filesOfCredentials, filesOfSettings } from "./cell-files.ts";
import type { CellFile, CellParameter, CellSettings, RenderCellParameters } from "./model.ts";

/** What one parameter of the standard tier holds. @see https://docs.aws.amazon.com/general/latest/gr/ssm.html */
const parameterBytes = 4_096;

/** The launcher looks for `config-0` to `config-9`. */
const mostParts = 10;

const whole = "config";
const partName = (index: number): string => `${whole}-${index}`;

/** Every name under which the launcher looks for a cell's files. */
export const cellParameterNames: readonly string[] = [
	whole,
	...Array.from({ length: mostParts }, (_, index) => partName(index)),
];

/**
 * The files of cells with these settings as parameters: a YAML mapping of names to contents, in one parameter
 * or, where it is longer, in as many as it takes; never both. Equal arguments give equal bytes.
 *
 * The function it gives throws ProvisionerError `operator` `ParametersTooLarge` with the size of every file.
 */
export function cellParametersRenderer(settings: CellSettings): RenderCellParameters {
	return (credentials, architecture) => {
		const files = [...filesOfCredentials(credentials), ...filesOfSettings(settings, architecture)];
		const parts = partsOf(files.map(entryText).join(""));
		if (parts.length > mostParts) throw tooLarge(files);
		if (parts.length === 1) return parts.map((value) => ({ name: whole, value }));
		return parts.map((value, index): CellParameter => ({ name: partName(index), value }));
	};
}

const entryText = ({ path, content }: CellFile): string =>
	dump({ [basename(path)]: content }, { lineWidth: -1, forceQuotes: true, quoteStyle: "double" });

/** The text in pieces that fit; none ends within a character, because SSM takes text alone. */
function partsOf(text: string): readonly string[] {
	const bytes = Buffer.from(text, "utf8");
	const parts: string[] = [];
	for (let start = 0; start < bytes.length; ) {
		let end = Math.min(start + parameterBytes, bytes.length);
		while (isWithinCharacter(bytes[end])) end -= 1;
		parts.push(bytes.toString("utf8", start, end));
		start = end;
	}
	return parts;
}

/** In UTF-8, every byte of a character but its first begins with the bits 10. */
const isWithinCharacter = (byte: number | undefined): boolean =>
	byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;

function tooLarge(files: readonly CellFile[]): ProvisionerError {
	const sizes = files.map(({ path, content }) => [basename(path), Buffer.byteLength(content)]);
	const together = Buffer.byteLength(files.map(entryText).join(""));
	const rows = [...sizes, ["together, as YAML", together]].map(
		([name, size]) => `${String(name).padEnd(17)} ${String(size).padStart(7)}`,
	);
	return new ProvisionerError(
		"operator",
		"ParametersTooLarge",
		`A cell's files are too large for the parameter store, which holds about ${mostParts * parameterBytes} bytes of them: shorten cells.cellConfig, or remove cells.useCloudParameterStore. Bytes:\n${rows.join("\n")}`,
	);
}
