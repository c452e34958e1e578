import { podScheduledMessage } from "../../../client/messages.ts";
import type { NamedPod } from "../../../client/model.ts";
import { cellNameOf } from "../../../shared/cells/naming.ts";
import { launching, scheduled } from "../../../shared/cells/transitions.ts";
import { planAttempt, plansFor } from "../../../shared/flows/plan-attempt.ts";
import { setAsideTimes } from "../../../shared/offerings/set-aside.ts";
import { cellRequestOf } from "../../../shared/pods/cell-request.ts";
import { readPodScheduled } from "../../../shared/pods/message.ts";
import { type ChoiceBasis, choiceBasis } from "../explain/choice-basis.ts";
import { basisLines, basisShown, explanationLines } from "../explain/explain-view.ts";
import { type Explanation, explainManifest, noUid, seedOf } from "../explain/explanation.ts";
import { manifestsIn } from "../launch/manifest-file.ts";
import { isRemote, outOfReach } from "../place/out-of-reach.ts";
import { providerToTry } from "../place/package-files.ts";
import { type PlaceOptions, placeOf } from "../place/place.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { apart } from "../screen/text-layout.ts";
import { unheard } from "../unheard.ts";
import { type LaunchPreview, launchPreview } from "./launch-preview.ts";
import { type PlanBasis, planBasis } from "./plan-basis.ts";
import { previewLines } from "./plan-view.ts";

export type PlanOptions = PlaceOptions &
	Readonly<{
		file: readonly string[];
		provider: string;
		output: OutputFormat;
		showContent: boolean;
	}>;

/** Why, and what exactly; no plan for a pod that gets no cell. */
type PlannedPod = Explanation & Readonly<{ plan?: LaunchPreview }>;

const patienceMs = 10_000;

/**
 * Prints what launch would decide and send for the pods of these files, by the code that launch runs, and
 * sends nothing.
 *
 * @throws ProvisionerError `invalid` for files that aren't manifests, with all their faults; `operator` for
 *   user data or parameters that are too large, and images that can't be found.
 */
export async function planCommand({
	file,
	provider,
	output,
	showContent,
	...where
}: PlanOptions): Promise<void> {
	const manifests = await manifestsIn(file, () => noUid);
	const now = new Date();
	const place = placeOf(where);
	const basis = await withProgress(
		"looking up prices and subnets",
		async () => await choiceBasis(providerToTry(provider, place), place, () => now),
	);
	const stack = planBasis(place, basis.config.aws.region, () => now);
	try {
		const pods: PlannedPod[] = [];
		for (const { manifest, path } of manifests) {
			const explanation = await explainManifest(manifest, path, basis);
			const plan = await withProgress(
				`planning ${manifest.metadata.namespace}/${manifest.metadata.name}`,
				async () => await planOf(manifest, explanation, { basis, stack, now, showContent }),
			);
			pods.push(plan === undefined ? explanation : { ...explanation, plan });
		}
		print(output, dataOf(basis, stack, pods), () => linesOf(basis, stack, pods));
	} catch (cause) {
		if (!isRemote(cause)) throw cause;
		throw outOfReach(place, "images, or the authority", cause);
	} finally {
		stack.close();
	}
}

const dataOf = (
	basis: ChoiceBasis,
	{ imagesFrom, issuersFrom }: PlanBasis,
	pods: readonly PlannedPod[],
) => ({ basis: { ...basisShown(basis), imagesFrom, issuersFrom }, pods });

const linesOf = (
	basis: ChoiceBasis,
	stack: PlanBasis,
	pods: readonly PlannedPod[],
): readonly string[] =>
	apart([
		basisLines(basis),
		...pods.map((pod) => [
			...explanationLines(pod),
			...(pod.plan === undefined ? [] : previewLines(pod.pod.uid, pod.plan, stack)),
		]),
	]);

type Given = Readonly<{ basis: ChoiceBasis; stack: PlanBasis; now: Date; showContent: boolean }>;

/** @returns undefined where the pod gets no cell now; the explanation says why. */
async function planOf(
	manifest: NamedPod,
	{ faults }: Explanation,
	{ basis, stack, now, showContent }: Given,
): Promise<LaunchPreview | undefined> {
	const read = readPodScheduled(podScheduledMessage(manifest));
	if (faults.length > 0 || read.outcome !== "read") return undefined;
	const { pod } = read.message;
	// Without a uid, namespace and name stand for it: only Kubernetes gives one.
	const uid = seedOf(pod);
	const request = cellRequestOf(pod, basis.config.cells.sizing);
	const identity = { uid, namespace: pod.metadata.namespace, name: pod.metadata.name };
	const cell = scheduled(identity, cellNameOf(uid), request, now, undefined);
	const signal = AbortSignal.timeout(patienceMs);
	const planned = await planAttempt(
		cell,
		1,
		{
			subnets: { list: async () => basis.subnets },
			setAside: { standing: async () => basis.setAside },
			setAsideTimes: setAsideTimes(),
			choose: basis.choose,
			images: stack.images,
			bootTimes: { seen: async () => [] },
			firstCheckSeconds: 0,
			issuers: stack.issuers,
			config: basis.config,
			configRevision: basis.configRevision,
			controllerId: basis.controllerId,
			by: "plan",
			...unheard(now),
		},
		signal,
	);
	if (planned.outcome !== "planned") return undefined;
	const [plan] = plansFor([cell], planned, { controllerId: basis.controllerId, by: "plan" });
	if (plan === undefined) return undefined;
	const issuer = await stack.issuers.named(plan, signal);
	const launched = launching(cell, plan, planned.decision, "plan", now);
	return launchPreview(launched, basis, issuer, showContent);
}
