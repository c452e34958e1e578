import {
	boolYaml11Tag,
	defineScalarTag,
	FAILSAFE_SCHEMA,
	load,
	mergeTag,
	NOT_RESOLVED,
	nullYaml11Tag,
	YAMLException,
} from "js-yaml";
import { type Fault, invalid } from "../errors.ts";
import { unfoldsBeyond } from "./unfolded.ts";

/**
 * A plain scalar that YAML readers take for a number and write back differently:
 * `099720109477` loses its zero, `1.10` becomes 1.1, `1e3` becomes 1000.
 */
export class LooseNumber {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
	toString(): string {
		return this.text;
	}
}

/** What YAML 1.1 (Kip's reader, cloud-init's) or 1.2 takes for a number. */
const numberForms = [
	/^[-+]?0b[01_]+$/,
	/^[-+]?0o[0-7_]+$/,
	/^[-+]?0x[0-9a-fA-F_]+$/,
	/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
	/^[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?$/,
	/^[-+]?\.(inf|Inf|INF)$/,
	/^\.(nan|NaN|NAN)$/,
];

const numberTag = defineScalarTag<number | LooseNumber>("tag:yaml.org,2002:float", {
	implicit: true,
	implicitFirstChars: [..."0123456789+-."],
	resolve: (text) => {
		if (!numberForms.some((form) => form.test(text))) return NOT_RESOLVED;
		const number = Number(text);
		return String(number) === text ? number : new LooseNumber(text);
	},
	identify: () => false,
});

const schema = FAILSAFE_SCHEMA.withTags(nullYaml11Tag, boolYaml11Tag, mergeTag, numberTag);

/** A configuration of a thousand lines has a tenth of this; anything larger is the wrong file. */
const largestCharacters = 256 * 1_024;

/** Each takes a few characters at least. */
const largestValues = 262_144;

/** Aliases are refused beyond a few, so that a small file can't unfold into a huge document. */
const limits = { maxDepth: 20, maxAliases: 8, maxTotalMergeKeys: 200 };

/**
 * One YAML document with numbers that don't lose their form, see `LooseNumber`.
 *
 * @throws ProvisionerError `invalid` `InvalidConfig`, without any of the file's text: it may hold keys.
 */
export function readYaml(text: string, fileName: string): unknown {
	if (text.length > largestCharacters) {
		const problem = `Invalid: ${text.length} characters; at most ${largestCharacters} are read. Is this the right file?`;
		throw notReadable({ path: fileName, problem });
	}
	try {
		const document = load(text, { schema, ...limits });
		if (!unfoldsBeyond(document, largestValues)) return document;
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		throw notReadable({
			path: fileName,
			problem: `Invalid: not readable as YAML: ${wordsOf(error)}; correct the line, tabs and indentation first`,
		});
	}
	const problem = `Invalid: its aliases unfold to more than ${largestValues} values, or to themselves; write them out`;
	throw notReadable({ path: fileName, problem });
}

const notReadable = (fault: Fault) => invalid("InvalidConfig", [fault]);

/** What js-yaml found and where; its message quotes the file, its reason at most a word of it. */
const wordsOf = ({ reason, mark }: YAMLException): string => {
	const what = reason.replaceAll(/["'<].*["'>]/g, "…");
	return mark === undefined ? what : `${what} in line ${mark.line + 1}, column ${mark.column + 1}`;
};
