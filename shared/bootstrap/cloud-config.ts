import {
	COLLECTION_STYLE,
	DUMP_SCHEMA,
	dump,
	type MappingNode,
	type Node,
	present,
	SCALAR_STYLE,
	visit,
} from "js-yaml";
import { invalid } from "../errors.ts";
import type { Architecture } from "../offerings/model.ts";
import type { Credentials } from "../pki/model.ts";
import { filesOfCredentials, filesOfSettings } from "./cell-files.ts";
import { withLifetime } from "./lifetime.ts";
import type { CellFile, CellFilesIn, CellSettings } from "./model.ts";
import { isNull, readOperatorDocument } from "./operator-document.ts";

/** A stretch of the cloud-config, and what it is there for. */
export type CloudConfigPart = Readonly<{ part: string; text: string }>;

/** Lines are never folded: elotl/cloud-init and the launcher have parsers of their own. */
const style = { lineWidth: -1, seqNoIndent: true, quoteStyle: "double" } as const;

const operatorPart = "the operator's cloud-init file";

/**
 * The cloud-config of any cell with these settings, in parts that are put one behind the other.
 *
 * The operator's keys stay, in their order; `write_files` has the operator's files first and ours last,
 * because the last one for a path wins. A lifetime's command comes before the operator's commands, of which
 * any may end the script. Everything but the credentials is rendered once. Where our files lie in parameters,
 * only the operator's part is left, whoever the cell is.
 *
 * @throws ProvisionerError `invalid` `InvalidCloudInit` for an operator's file that can't be merged;
 *   `checkCloudInit` says more.
 */
export function cloudConfigRenderer(
	settings: CellSettings,
): (
	credentials: Credentials,
	architecture: Architecture,
	filesIn?: CellFilesIn,
	maxLifetimeSeconds?: number,
) => readonly CloudConfigPart[] {
	// Without a lifetime at once: a file that can't be merged is an error of the start.
	const texts = new Map([[noLifetime, operatorText(settings.cloudInit, noLifetime)]]);
	const textFor = (maxLifetimeSeconds: number): OperatorText => {
		const text =
			texts.get(maxLifetimeSeconds) ?? operatorText(settings.cloudInit, maxLifetimeSeconds);
		texts.set(maxLifetimeSeconds, text);
		return text;
	};
	const launcherFiles = {
		x86_64: filesOfSettings(settings, "x86_64").map(settingPart),
		arm64: filesOfSettings(settings, "arm64").map(settingPart),
	} satisfies Record<Architecture, readonly CloudConfigPart[]>;

	const header = { part: "the header", text: "#cloud-config\n" };
	return (credentials, architecture, filesIn = "user-data", maxLifetimeSeconds = noLifetime) => {
		const { before, after, alone } = textFor(maxLifetimeSeconds);
		return filesIn === "parameter-store"
			? [header, { part: operatorPart, text: alone }]
			: [
					header,
					{ part: operatorPart, text: before },
					...filesOfCredentials(credentials).map(pemPart),
					...launcherFiles[architecture],
					{ part: operatorPart, text: after },
				];
	};
}

/** A machine that lives until somebody ends it. */
const noLifetime = 0;

type OperatorText = Readonly<{
	/** What stands before our files, and behind them. */
	before: string;
	after: string;
	/** The whole, without ours. */
	alone: string;
}>;

/** The operator's document as text, also in two halves: our files stand between them. */
function operatorText(cloudInit: string | undefined, maxLifetimeSeconds: number): OperatorText {
	const { document, faults } = readOperatorDocument(cloudInit ?? "");
	if (faults.length > 0) throw invalid("InvalidCloudInit", faults);
	return splitAtOurFiles(
		maxLifetimeSeconds === noLifetime ? document?.root : withLifetime(document, maxLifetimeSeconds),
	);
}

function splitAtOurFiles(root: MappingNode | undefined): OperatorText {
	if (root === undefined) return { before: "write_files:\n", after: "", alone: "{}\n" };
	unfold(root);
	const alone = root.items.length === 0 ? "{}\n" : mapping(root, 0);
	const at = root.items.findIndex(
		({ key }) => key.kind === "scalar" && key.value === "write_files",
	);
	const files = root.items[at]?.value;
	if (files === undefined) return { before: `${mapping(root, 0)}write_files:\n`, after: "", alone };
	const after = mapping(root, at + 1);
	if (isUnused(files)) return { before: `${mapping(root, 0, at)}write_files:\n`, after, alone };
	if (files.kind !== "sequence" || files.items.length === 0) {
		const problem = "must be a list that is written out here: our files are added to it";
		throw invalid("InvalidCloudInit", [{ path: "write_files", problem }]);
	}
	files.style = COLLECTION_STYLE.BLOCK;
	return { before: mapping(root, 0, at + 1), after, alone };
}

/** Some of the keys of a block mapping, as they would stand in the whole. */
function mapping(root: MappingNode, start: number, end?: number): string {
	const items = root.items.slice(start, end);
	if (items.length === 0) return "";
	const { tag } = root;
	const contents = {
		kind: "mapping",
		tag,
		tagged: false,
		items,
		style: COLLECTION_STYLE.BLOCK,
	} as const;
	const text = present([{ contents, directives: [] }], { ...style, schema: DUMP_SCHEMA });
	// After a block that keeps its last line breaks, the library ends the document; ours goes on.
	return text.replace(/\n\.\.\.\n$/, "\n");
}

/** Nothing, or an empty list to which no alias can point. */
const isUnused = (files: Node): boolean =>
	files.kind !== "alias" &&
	files.anchor === undefined &&
	(isNull(files) || (files.kind === "sequence" && files.items.length === 0));

function unfold(root: MappingNode): void {
	visit([{ contents: root, directives: [] }], (node) => {
		if (node.kind === "scalar" && node.style === SCALAR_STYLE.FOLDED_BLOCK) {
			node.style = SCALAR_STYLE.LITERAL_BLOCK;
		}
	});
}

const settingPart = ({ path, content }: CellFile): CloudConfigPart => ({
	part: path,
	text: dump([{ path, owner: "root", permissions: "0400", content }], style),
});

/** PEM needs no escapes; a template is a hundred times faster than a YAML library here. */
const pemPart = ({ path, content }: CellFile): CloudConfigPart => ({
	part: path,
	text: `- path: ${path}
  owner: root
  permissions: "0400"
  content: |
    ${content.trimEnd().replaceAll("\n", "\n    ")}
`,
});
