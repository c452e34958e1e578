import { launchPods } from "../../../client/launch-pods.ts";
import type { PodIdentity } from "../../../client/model.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { choiceBasis } from "../explain/choice-basis.ts";
import { noUid } from "../explain/explanation.ts";
import { providerToTry } from "../place/package-files.ts";
import { type Place, type PlaceOptions, placeOf } from "../place/place.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { printable } from "../screen/text-layout.ts";
import { awaitPods, timeoutFrom } from "./await-pods.ts";
import { clientOptionsAt, reaching } from "./client-at.ts";
import { intendedLines, intendedOf } from "./launch-dry-run.ts";
import { type ManifestIn, readManifestFiles } from "./manifest-file.ts";

export type LaunchOptions = PlaceOptions &
	Readonly<{
		file: readonly string[];
		namespace?: string;
		dryRun?: boolean;
		provider: string;
		wait?: boolean;
		timeout: string;
		output: OutputFormat;
	}>;

/**
 * Puts the pods of files on the pod-scheduled queue: the running stack's, or a deployment's. With `wait` the exit code
 * is 1 when one of them doesn't become ready.
 *
 * @throws ProvisionerError `invalid` when a file is wrong, before anything is sent; `unavailable` when the queue can't
 *   be reached, or has not taken all messages.
 */
export async function launchCommand(options: LaunchOptions): Promise<void> {
	const { file, namespace, dryRun = false, wait = false, output } = options;
	const timeoutSeconds = timeoutFrom(options.timeout);
	const place = placeOf(options);
	const newUid = dryRun ? () => noUid : undefined;
	const { pods, notes } = await readManifestFiles(file, { namespace, newUid, withHopeless: false });
	for (const note of notes) console.error(printable(`note: ${note}`));
	if (dryRun) return await printIntended(pods, place, options);
	const sent = await sendPods(pods, place);
	const lines = () =>
		sent.length === 0
			? ["no pod was launched"]
			: sent.map((pod) => `${pod.namespace}/${pod.name} scheduled, uid ${pod.uid}`);
	if (!wait || sent.length === 0) return print(output, { pods: sentPods(sent, pods) }, lines);
	if (output === "table") print(output, undefined, lines);
	// What programs read has standard output for itself.
	const out = output === "table" ? process.stdout : process.stderr;
	const { cells, complaints } = await awaitPods(sent, {
		until: "ready",
		timeoutSeconds,
		place,
		out,
	});
	if (output !== "table") print(output, { pods: sentPods(sent, pods, cells) }, () => []);
	for (const line of complaints) console.error(line);
	if (complaints.length > 0) process.exitCode = 1;
}

const sendPods = async (pods: readonly ManifestIn[], place: Place) =>
	await withProgress(`sending ${pods.length} pods`, async () =>
		reaching(place, "pod-scheduled", async () =>
			launchPods(
				pods.map(({ manifest }) => manifest),
				clientOptionsAt(place),
			),
		),
	);

async function printIntended(
	pods: readonly ManifestIn[],
	place: Place,
	{ provider, output }: LaunchOptions,
): Promise<void> {
	const basis = await choiceBasis(providerToTry(provider, place), place, () => new Date());
	const intended = await withProgress("choosing", async () => intendedOf(pods, basis));
	print(output, { pods: intended }, () => intendedLines(intended).map(printable));
}

const sentPods = (
	sent: readonly PodIdentity[],
	pods: readonly ManifestIn[],
	cells?: ReadonlyMap<string, Cell>,
) =>
	sent.map((pod, index) => ({
		...pod,
		file: pods[index]?.path,
		...(cells === undefined ? {} : outcomeOf(cells.get(pod.uid))),
	}));

const outcomeOf = (cell: Cell | undefined) => ({
	phase: cell?.phase,
	...(cell !== undefined && "reason" in cell ? { reason: cell.reason, message: cell.message } : {}),
});
