import { deletePod } from "../../client/delete-pods.ts";
import { CellwrightError, type ManifestFault } from "../../client/errors.ts";
import { launchPods } from "../../client/launch-pods.ts";
import { readManifests } from "../../client/manifests/read.ts";
import type { NamedPod, PodIdentity } from "../../client/model.ts";
import type { ClientOptions } from "../../client/options.ts";
import type { Fault } from "../../shared/errors.ts";
import { type ChoiceBasis, choiceBasis } from "../cli/explain/choice-basis.ts";
import { type Explanation, explainManifest, noUid } from "../cli/explain/explanation.ts";
import type { Place } from "../cli/place/place.ts";
import { RequestRefused } from "./answers.ts";
import type { Launched, Refused } from "./api.ts";

/** Where pods are sent, and what they would choose from. */
export type LauncherOptions = Readonly<{
	place: Place;
	/** Path of provider.yaml. */
	providerFile: string;
	client: ClientOptions;
	now: () => Date;
}>;

/** Sends pods as the command line does; what can never become a cell isn't sent. */
export const podLauncher = ({ place, providerFile, client, now }: LauncherOptions) => ({
	/**
	 * @returns what each pod would get, if it were launched now.
	 * @throws RequestRefused 422 with every fault.
	 */
	async check(yaml: string): Promise<Launched> {
		const pods = await refusing(async () => readManifests(yaml, { newUid: () => noUid }).pods);
		const basis = await choiceBasis(providerFile, place, now);
		const choices = await choicesOf(pods, basis);
		return {
			pods: pods.map(({ metadata: { namespace, name } }, index) => ({
				namespace,
				name,
				choice: choices[index] ?? "",
			})),
		};
	},
	/** @throws RequestRefused 422 with every fault, before anything is sent. */
	async launch(yaml: string): Promise<Launched> {
		return await refusing(async () => {
			const { pods } = readManifests(yaml);
			await choicesOf(pods, await choiceBasis(providerFile, place, now));
			return { pods: await launchPods(pods, client) };
		});
	},
	async remove(pod: PodIdentity): Promise<void> {
		await deletePod(pod, client);
	},
});

export type PodLauncher = ReturnType<typeof podLauncher>;

/**
 * What each would get, a sentence each, by the code that `explain` runs.
 *
 * @throws RequestRefused 422 with what only this deployment finds wrong: readers have told of all else.
 */
async function choicesOf(
	pods: readonly NamedPod[],
	basis: ChoiceBasis,
): Promise<readonly string[]> {
	// Replicas choose alike; there may be thousands.
	const kinds = pods.map(({ metadata: { annotations }, spec }) =>
		JSON.stringify([annotations, spec]),
	);
	const known = new Map<string, Explanation>();
	for (const [index, pod] of pods.entries()) {
		const kind = kinds[index] ?? "";
		if (!known.has(kind)) known.set(kind, await explainManifest(pod, "", basis));
	}
	const faults = [...known.values()].flatMap(({ pod, faults: found }) =>
		found.map((fault) => shown({ ...fault, object: `Pod ${pod.name}` })),
	);
	if (faults.length > 0) throw new RequestRefused(422, faults);
	return kinds.map((kind) => known.get(kind)?.decision?.summary ?? "");
}

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof CellwrightError)) throw error;
		if (error.kind !== "invalid")
			throw new RequestRefused(503, [{ path: "queue", problem: error.message }]);
		throw new RequestRefused(422, error.faults.map(shown));
	}
}

const shown = ({
	object,
	path,
	problem,
	value,
	line,
}: Fault & ManifestFault): Refused["faults"][number] => ({
	path: [object, path].filter((part) => part !== undefined && part !== "").join(": ") || "yaml",
	problem: value === undefined ? problem : `${problem} (found: ${value})`,
	...(line === undefined ? {} : { line }),
});
