import { randomUUID } from "node:crypto";
import { firstFaults } from "../../shared/pods/faults.ts";
import { checkReading } from "../arguments.ts";
import { faulty, type ManifestFault } from "../errors.ts";
import type { NamedPod } from "../model.ts";
import { companionName } from "./companions.ts";
import { type Document, documentsIn } from "./documents.ts";
import { objectsIn } from "./lists.ts";
import { podsOf } from "./objects.ts";
import type { Reading } from "./reading.ts";

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
 * What only a cluster keeps (status, managedFields) is left out, and so are Services, ConfigMaps and other objects of
 * Kubernetes' own that stand beside those and make no pods: a note names them. A pod that has a uid keeps it, so that
 * the pod of a cluster stays the same pod; another gets one.
 *
 * @param manifests YAML or JSON, of one or several documents; or objects.
 * @throws CellwrightError `InvalidManifest` with the faults of all objects and, of a text, their lines; found by the
 *   code that the functions have, so that what is read can be launched by some deployment; `InvalidArgument`.
 * @example
 * const { pods, notes } = readManifests("kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a }] }");
 * await launchPods(pods);
 */
export function readManifests(
	manifests: string | readonly unknown[],
	options: ReadOptions = {},
): ReadManifests {
	checkReading(manifests, options);
	return readPods(manifests, { ...options, withHopeless: false });
}

export type ReadPodsOptions = ReadOptions & Pick<Reading, "withHopeless">;

/** The same, where pods that no deployment would launch may be wanted all the same. */
export function readPods(
	manifests: string | readonly unknown[],
	{ source, namespace, newUid = randomUUID, withHopeless }: ReadPodsOptions,
): ReadManifests {
	const documents =
		typeof manifests === "string" ? documentsIn(manifests, source) : manifests.map(objectAlone);
	const faults: ManifestFault[] = [];
	const pods: NamedPod[] = [];
	const notes = new Set<string>();
	const from = source === undefined ? {} : { source };
	const objects = objectsIn(documents);
	const companions = new Map(
		objects.flatMap((object) => {
			const name = companionName(object.value);
			return name === undefined ? [] : [[object, name]];
		}),
	);
	// Where there is nothing else, it is the wrong file.
	const isPassedBy = companions.size < objects.length;
	for (const object of objects) {
		if (isPassedBy && companions.has(object)) continue;
		const tell = (path: readonly PropertyKey[], fault: ManifestFault) => {
			const line = object.lineOf(path);
			faults.push({ ...from, ...(line === undefined ? {} : { line }), ...fault });
		};
		const note = (text: string) => notes.add(text);
		const most = largestCount - pods.length;
		pods.push(...podsOf(object.value, { namespace, newUid, withHopeless, most, tell, note }));
	}
	if (faults.length === 0 && documents.length === 0)
		faults.push({ ...from, path: "", problem: "holds no Kubernetes object" });
	if (faults.length > 0) throw faulty("InvalidManifest", firstFaults(faults.toSorted(asInTheText)));
	if (isPassedBy && companions.size > 0)
		notes.add(`not sent, as no pod comes of it: ${listText([...companions.values()])}`);
	return { pods, notes: [...notes] };
}

const asInTheText = (a: ManifestFault, b: ManifestFault): number => (a.line ?? 0) - (b.line ?? 0);

/** Of one text: what is more is a slip of the pen, which costs money. */
const largestCount = 10_000;

/** So many are named. */
const shownNames = 5;

const listText = (names: readonly string[]): string =>
	[
		...names.slice(0, shownNames),
		...(names.length > shownNames ? [`and ${names.length - shownNames} more`] : []),
	].join(", ");

const objectAlone = (value: unknown): Document => ({ value, lineOf: () => undefined });
