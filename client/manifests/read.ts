import { randomUUID } from "node:crypto";
import { firstFaults } from "../../shared/pods/faults.ts";
import { faulty, type ManifestFault } from "../errors.ts";
import type { NamedPod } from "../types.ts";
import { type Document, documentsIn } from "./documents.ts";
import { objectsIn } from "./lists.ts";
import { podsOf } from "./objects.ts";

export type ReadOptions = Readonly<{
	/** Where the text is from, for faults: a file's path. */
	source?: string | undefined;
	/** Of objects that name none. Default: `default`. Where it is given, an object of another namespace is a fault. */
	namespace?: string | undefined;
	/** Gives pods without a uid theirs. Default: random ones. */
	newUid?: (() => string) | undefined;
}>;

export type ReadManifests = Readonly<{
	/** In the order of the text. */
	pods: readonly NamedPod[];
	/** What was done otherwise than a cluster does, or left out: a sentence each, for people. */
	notes: readonly string[];
}>;

/**
 * The pods that Kubernetes would make of its objects: of a Pod itself; of a Deployment, ReplicaSet, StatefulSet or Job
 * the replicas that it begins with, named as Kubernetes names them; and of the items of a List.
 *
 * What only a cluster keeps (status, managedFields) is left out. A pod that has a uid keeps it, so that the pod of a
 * cluster stays the same pod; another gets one.
 *
 * @param manifests YAML or JSON, of one or several documents; or objects.
 * @throws CellwrightError `InvalidManifest` with the faults of all objects and, of a text, their lines; found by the
 *   reader that the functions have.
 * @example
 * const { pods, notes } = readManifests("kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a }] }");
 * await launchPods(pods);
 */
export function readManifests(
	manifests: string | readonly unknown[],
	{ source, namespace, newUid = randomUUID }: ReadOptions = {},
): ReadManifests {
	const documents =
		typeof manifests === "string" ? documentsIn(manifests, source) : manifests.map(objectAlone);
	const faults: ManifestFault[] = [];
	const pods: NamedPod[] = [];
	const notes = new Set<string>();
	const from = source === undefined ? {} : { source };
	for (const object of objectsIn(documents)) {
		const tell = (path: readonly PropertyKey[], fault: ManifestFault) => {
			const line = object.lineOf(path);
			faults.push({ ...from, ...(line === undefined ? {} : { line }), ...fault });
		};
		const note = (text: string) => notes.add(text);
		const most = largestCount - pods.length;
		pods.push(...podsOf(object.value, { namespace, newUid, most, tell, note }));
	}
	if (faults.length === 0 && documents.length === 0)
		faults.push({ ...from, path: "", problem: "holds no Kubernetes object" });
	if (faults.length > 0) throw faulty("InvalidManifest", firstFaults(faults));
	return { pods, notes: [...notes] };
}

/** Of one text: what is more is a slip of the pen, which costs money. */
const largestCount = 10_000;

const objectAlone = (value: unknown): Document => ({ value, lineOf: () => undefined });
