import { deletePods } from "../../../client/delete-pods.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { isLiving } from "../../../shared/cells/transitions.ts";
import { invalid } from "../../../shared/errors.ts";
import { noUid } from "../explain/explanation.ts";
import { awaitPods, timeoutFrom } from "../launch/await-pods.ts";
import { clientOptionsAt, reaching } from "../launch/client-at.ts";
import { readManifestFiles } from "../launch/manifest-file.ts";
import { type Place, type PlaceOptions, placeOf } from "../place/place.ts";
import { podRecords } from "../records/pod-records.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { printable } from "../screen/text-layout.ts";
import { livingPods, meantBy } from "./living-pods.ts";

export type DeleteOptions = PlaceOptions &
	Readonly<{
		file?: readonly string[];
		all?: boolean;
		namespace?: string;
		yes?: boolean;
		wait?: boolean;
		timeout: string;
		output: OutputFormat;
	}>;

/**
 * Tells Cellwright that pods are gone, as a cluster would. Their uids are those of their records: of a
 * `namespace/name` every one that lives.
 *
 * @throws ProvisionerError `invalid` when nothing is named, or something that has no record, before anything is sent;
 *   `unavailable` when table or queue can't be reached.
 */
export async function deleteCommand(
	pods: readonly string[],
	options: DeleteOptions,
): Promise<void> {
	const { output, wait = false } = options;
	const timeoutSeconds = timeoutFrom(options.timeout);
	checkWhatIsMeant(pods, options);
	const place = placeOf(options);
	const cells = await cellsOf(pods, options, place);
	const living = cells.filter(isLiving).map(({ pod }) => pod);
	await withProgress(`deleting ${living.length} pods`, async () =>
		reaching(place, "pod-deleted", async () => deletePods(living, clientOptionsAt(place))),
	);
	const shown = cells.map((cell) => ({ ...cell.pod, phase: cell.phase, deleted: isLiving(cell) }));
	print(output, { pods: shown }, () =>
		cells.length === 0 ? ["no pod was deleted"] : cells.map(lineOf),
	);
	if (!wait || living.length === 0) return;
	const out = output === "table" ? process.stdout : process.stderr;
	const { complaints } = await awaitPods(living, { until: "gone", timeoutSeconds, place, out });
	for (const line of complaints) console.error(line);
	if (complaints.length > 0) process.exitCode = 1;
}

const lineOf = (cell: Cell): string =>
	printable(
		`${cell.pod.namespace}/${cell.pod.name}, uid ${cell.podUid}, ${
			isLiving(cell) ? `deleted while ${cell.phase}` : `is ${cell.phase} already`
		}`,
	);

/** @throws ProvisionerError `invalid`. */
function checkWhatIsMeant(
	pods: readonly string[],
	{ file = [], all = false, namespace, yes = false }: DeleteOptions,
): void {
	const given = [pods.length > 0, file.length > 0, all].filter(Boolean).length;
	if (given !== 1) {
		const problem = "name pods, or files with -f, or --all: one of the three";
		throw invalid("InvalidOption", [{ path: "delete", problem }]);
	}
	if (all && namespace === undefined && !yes) {
		const problem =
			"would delete every pod of the deployment: give a --namespace, or --yes if that is meant";
		throw invalid("InvalidOption", [{ path: "--all", problem }]);
	}
	if (pods.length > 0 && namespace !== undefined) {
		const problem = "is for -f and --all; a pod is named as namespace/name";
		throw invalid("InvalidOption", [{ path: "--namespace", problem }]);
	}
}

async function cellsOf(
	pods: readonly string[],
	{ file = [], all = false, namespace }: DeleteOptions,
	place: Place,
): Promise<readonly Cell[]> {
	if (file.length > 0) return await cellsOfFiles(file, namespace, place);
	if (all)
		return (await livingPods(place)).filter(
			({ pod }) => namespace === undefined || pod.namespace === namespace,
		);
	const found = await podRecords(pods, place);
	// A pod may be named twice: by its name and by its uid.
	return [...new Map(found.map((cell) => [cell.podUid, cell])).values()];
}

/** Those that live; what has no living pod is said, and is no fault: to delete twice is harmless. */
async function cellsOfFiles(
	files: readonly string[],
	namespace: string | undefined,
	place: Place,
): Promise<readonly Cell[]> {
	const { pods, notes } = await readManifestFiles(files, {
		namespace,
		newUid: () => noUid,
		withHopeless: true,
	});
	// A workload that is to have no replicas now may have had some: nothing names them here.
	if (pods.length === 0) for (const note of notes) console.error(printable(`note: ${note}`));
	const meant = new Map(pods.map(meantBy).map((each) => [each.said, each]));
	const living = await livingPods(place);
	const found = new Set<Cell>();
	for (const { said, isMeant } of meant.values()) {
		const cells = living.filter(isMeant);
		for (const cell of cells) found.add(cell);
		if (cells.length === 0) console.error(printable(`note: ${said} has no living pod`));
	}
	return [...found];
}
