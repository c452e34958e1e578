import * as z from "zod";
import { schemaProblem } from "../../shared/pods/faults.ts";
import { podFaults, salvagedPodFaults } from "../../shared/pods/pod-faults.ts";
import type { ManifestFault } from "../errors.ts";
import { podScheduledMessage, readScheduling } from "../messages.ts";
import type { NamedPod } from "../model.ts";
import { generatedName } from "./names.ts";
import type { Known, Reading } from "./reading.ts";

/** As much of a pod as has to be filled in or left out; the reader of messages judges it. */
const Draft = z.looseObject({
	metadata: z
		.looseObject({
			name: z.string().nullish(),
			generateName: z.string().nullish(),
			uid: z.string().nullish(),
			annotations: z.record(z.string(), z.unknown()).nullish(),
		})
		.default({}),
	spec: z.looseObject({ nodeName: z.string().nullish() }).optional(),
	status: z.unknown().optional(),
});

/** The whole manifest once more, as `kubectl apply` keeps it. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * One pod as it is sent; undefined, once a fault was told.
 *
 * @param at where its metadata and its spec stand in the object.
 */
export function podOf(
	value: unknown,
	{ object, namespace }: Known,
	reading: Reading,
	at: readonly string[] = [],
): NamedPod | undefined {
	const tell = (fault: ManifestFault) => {
		const path = [...at, fault.path].join(".");
		reading.tell([...at, ...stepsOf(fault.path)], { ...fault, object, path });
	};
	const draft = Draft.safeParse(value, { error: schemaProblem });
	if (!draft.success) {
		for (const { path, message } of draft.error.issues)
			tell({ path: path.join("."), problem: message });
		salvagedPodFaults(value).forEach(tell);
		return undefined;
	}
	const { pod, ofCluster } = asSent(draft.data, namespace, reading);
	const read = readScheduling(podScheduledMessage(pod));
	read.faults.forEach(tell);
	if (read.pod === undefined) return undefined;
	if (!reading.withHopeless) podFaults(read.pod).forEach(tell);
	tellOfCluster(ofCluster, reading);
	return read.pod;
}

/** The pod with a name and a uid, without what only its cluster needs. */
function asSent(draft: z.infer<typeof Draft>, namespace: string, { newUid }: Reading) {
	const { status, ...rest } = draft;
	const { managedFields, generateName, ...metadata } = rest.metadata;
	const uid = metadata.uid ?? newUid();
	const name = metadata.name ?? (generateName ? generatedName(generateName, uid) : undefined);
	const { [lastApplied]: applied, ...annotations } = metadata.annotations ?? {};
	const pod = {
		...rest,
		metadata: {
			...metadata,
			...(metadata.annotations === undefined ? {} : { annotations }),
			...(name === undefined ? {} : { name }),
			namespace,
			uid,
		},
	};
	return { pod, ofCluster: { status, managedFields, applied, nodeName: rest.spec?.nodeName } };
}

type OfCluster = Readonly<{
	status: unknown;
	managedFields: unknown;
	applied: unknown;
	nodeName: string | null | undefined;
}>;

function tellOfCluster(
	{ status, managedFields, applied, nodeName }: OfCluster,
	{ note }: Reading,
): void {
	const left = [
		...(status === undefined ? [] : ["status"]),
		...(managedFields === undefined ? [] : ["metadata.managedFields"]),
		...(applied === undefined ? [] : [`the annotation ${lastApplied}`]),
	];
	if (left.length > 0) note(`left out, as only a cluster needs it: ${left.join(", ")}`);
	if (typeof nodeName === "string" && nodeName !== "")
		note("what is on a node of its cluster already gets a cell all the same");
}

/** `spec.containers[0]["a.b"]` -> spec, containers, 0, a.b. */
const stepsOf = (path: string): readonly PropertyKey[] =>
	Array.from(path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g), ([, quoted, index, name]) =>
		index === undefined ? (quoted ?? name ?? "") : Number(index),
	);
