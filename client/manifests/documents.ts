import { constructFromEvents, parseEvents, YAMLException } from "js-yaml";
import { unfoldsBeyond } from "../../shared/config/unfolded.ts";
import { faulty, type ManifestFault } from "../errors.ts";
import { placesIn } from "./places.ts";

/** One document of a YAML or JSON text. */
export type Document = Readonly<{
	value: unknown;
	/** The line, from 1, of what stands at a path, or of the nearest thing around it. */
	lineOf(path: readonly PropertyKey[]): number | undefined;
}>;

/** Thousands of pods; anything larger is the wrong file. */
const largestCharacters = 16 * 2 ** 20;

/** Of one document: twice as many as launch reads of a message, for each of many items of a list. */
const largestValues = 1_000_000;

/**
 * The documents of a text that aren't empty.
 *
 * @throws CellwrightError `InvalidManifest`, without any of the text: pods hold secrets.
 */
export function documentsIn(text: string, source: string | undefined): readonly Document[] {
	const from = source === undefined ? {} : { source };
	if (text.length > largestCharacters) {
		const problem = `has ${text.length} characters; at most ${largestCharacters} are read`;
		throw faulty("InvalidManifest", [{ ...from, path: "", problem }]);
	}
	const documents = parsed(text, from);
	const huge = documents.find(({ value }) => unfoldsBeyond(value, largestValues));
	if (huge !== undefined) {
		const line = huge.lineOf([]);
		const problem = `holds more than ${largestValues} values with its aliases written out, or itself`;
		const place = line === undefined ? from : { ...from, line };
		throw faulty("InvalidManifest", [{ ...place, path: "", problem }]);
	}
	return documents.filter(({ value }) => value !== null);
}

function parsed(text: string, from: Pick<ManifestFault, "source">): readonly Document[] {
	try {
		const events = parseEvents(text, {});
		const places = placesIn(text, events);
		return constructFromEvents(events, { source: text }).map((value, index) => ({
			value,
			lineOf: (path) => places(index, path),
		}));
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		// The parser's message quotes the text, its reason at most a word of it.
		const { mark } = error;
		const what = error.reason.replaceAll(/["'<].*["'>]/g, "…");
		const place = mark === undefined ? from : { ...from, line: mark.line + 1 };
		const column = mark === undefined ? "" : ` in column ${mark.column + 1}`;
		const problem = `is not readable as YAML: ${what}${column}; correct this line first`;
		throw faulty("InvalidManifest", [{ ...place, path: "", problem }]);
	}
}
