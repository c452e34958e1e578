import { type Fault, invalid } from "../../../shared/errors.ts";
import type { ChoiceBasis } from "../explain/choice-basis.ts";
import { explainManifest } from "../explain/explanation.ts";
import type { ManifestIn } from "./manifest-file.ts";

/** Pods that would be sent, and what each of them would get. */
export type Intended = Readonly<{
	file: string;
	namespace: string;
	/** A pod's; of replicas, whose name is drawn when they are sent, their controller's. */
	name: string;
	kind: string;
	count: number;
	/** What launch would choose now, or why it would wait. */
	choice: string;
}>;

/**
 * What would be sent, and what launch would choose for it now; replicas, which choose alike, together.
 *
 * @throws ProvisionerError `invalid` with the faults of all pods.
 */
export async function intendedOf(
	pods: readonly ManifestIn[],
	basis: ChoiceBasis,
): Promise<readonly Intended[]> {
	const intended: Intended[] = [];
	const faults: Fault[] = [];
	for (const alike of grouped(pods)) {
		const [first] = alike;
		if (first === undefined) continue;
		const { manifest, path } = first;
		const { namespace } = manifest.metadata;
		const { kind, name } = ownerOf(first) ?? { kind: "Pod", name: manifest.metadata.name };
		const explained = await explainManifest(manifest, path, basis);
		faults.push(
			...explained.faults.map((fault) => ({
				...fault,
				path: `${path}: ${kind} ${name}: ${fault.path}`,
			})),
		);
		const choice = explained.decision?.summary ?? "";
		intended.push({ file: path, namespace, name, kind, count: alike.length, choice });
	}
	if (faults.length > 0) throw invalid("InvalidPod", faults);
	return intended;
}

const grouped = (pods: readonly ManifestIn[]): Iterable<readonly ManifestIn[]> =>
	Map.groupBy(pods, (pod) => ownerOf(pod)?.uid ?? pod).values();

const ownerOf = ({ manifest }: ManifestIn) =>
	manifest.metadata.ownerReferences?.find(({ controller }) => controller === true);

export const intendedLines = (intended: readonly Intended[]): readonly string[] => [
	...intended.map(({ namespace, name, kind, count, choice }) => {
		const many = kind === "Pod" ? "" : `${count} ${count === 1 ? "pod" : "pods"} of ${kind} `;
		return `${many}${namespace}/${name}: ${choice}`;
	}),
	"nothing was sent",
];
