import * as z from "zod";
import type { Fault } from "../shared/errors.ts";
import { faultAt, firstFaults, memberPath, schemaProblem } from "../shared/pods/faults.ts";
import { PodMetadata } from "../shared/pods/model.ts";
import { faulty } from "./errors.ts";
import type { PodIdentity } from "./model.ts";
import { optionFaults, readOptionFaults } from "./option-faults.ts";

// What the functions are called with. The types say the same, but plain JavaScript hands over anything, and so does a
// program that passes on what it was sent. No value is shown: pods hold secrets.

/** The pods of a call that can be judged further, and all else that is wrong with the call. */
export type Given<Pod> = Readonly<{ pods: readonly Pod[]; faults: readonly Fault[] }>;

type Judge = (pod: unknown, path: string) => readonly Fault[];

export function givenPod<Pod>(pod: Pod, options: unknown, judge: Judge): Given<Pod> {
	const faults = judge(pod, "pod");
	return { pods: faults.length === 0 ? [pod] : [], faults: [...faults, ...optionFaults(options)] };
}

/** @throws CellwrightError `InvalidArgument` for something else than a list. */
export function givenPods<Pod>(pods: Iterable<Pod>, options: unknown, judge: Judge): Given<Pod> {
	if (typeof pods === "string" || !(Symbol.iterator in Object(pods))) {
		const problem = "must be a list of pods; one alone goes into brackets: [pod]";
		throw misuse([faultAt("pods", problem), ...optionFaults(options)]);
	}
	const list = Array.from(pods);
	const faults = list.map((pod, index) => judge(pod, memberPath("pods", index)));
	return {
		pods: list.filter((_, index) => faults[index]?.length === 0),
		faults: [...faults.flat(), ...optionFaults(options)],
	};
}

/**
 * The uids to watch, of pods and uids, or of one uid.
 *
 * @throws CellwrightError `InvalidArgument` with every fault of the call.
 */
export function givenUids(
	pods: Iterable<PodIdentity | string>,
	options: unknown,
): ReadonlySet<string> {
	// A string is iterable, and one uid.
	const list = typeof pods === "string" ? [pods] : pods;
	const given = givenPods(list, options, watchedFaults);
	if (given.faults.length > 0) throw misuse(given.faults);
	return new Set(given.pods.map((pod) => (typeof pod === "string" ? pod : pod.uid)));
}

/** @throws CellwrightError `InvalidArgument` for what isn't manifests, and for wrong options of `readManifests`. */
export function checkReading(manifests: unknown, options: unknown): void {
	const isReadable = typeof manifests === "string" || Array.isArray(manifests);
	const problem = 'must be a text or a list of objects; readFile(path, "utf8") gives a text';
	const faults = [
		...(isReadable ? [] : [faultAt("manifests", problem)]),
		...readOptionFaults(options),
	];
	if (faults.length > 0) throw misuse(faults);
}

const misuse = (faults: readonly Fault[]) => faulty("InvalidArgument", firstFaults(faults));

/** As much of a manifest as it takes to say whose the other faults are. */
const Manifest = z.looseObject({
	metadata: z.looseObject({
		name: z.string(),
		namespace: z.string().optional(),
		uid: z.string().optional(),
	}),
});

/** What keeps a manifest from being judged further. */
export function manifestFaults(pod: unknown, path: string): readonly Fault[] {
	if (typeof pod === "string")
		return [faultAt(path, "must be an object; readManifests makes pods of YAML and JSON")];
	if (Array.isArray(pod)) return [faultAt(path, "must be one pod; launchPods takes a list")];
	const faults = faultsBy(Manifest, pod, path);
	if (faults.length > 0 || isJson(pod)) return faults;
	return [faultAt(path, "can't be written as JSON: it holds a BigInt, or itself")];
}

function isJson(value: unknown): boolean {
	try {
		return JSON.stringify(value) !== undefined;
	} catch {
		return false;
	}
}

const Identity = z.looseObject({ uid: z.string(), namespace: z.string(), name: z.string() });

/** What keeps an identity from being judged further. */
export function identityFaults(pod: unknown, path: string): readonly Fault[] {
	if (isObject(pod) && "metadata" in pod) return [faultAt(path, manifestRule)];
	if (isObject(pod)) return faultsBy(Identity, pod, path);
	return [faultAt(path, "must be an object with uid, namespace and name, as launchPod returns it")];
}

const manifestRule = "is a manifest: give its metadata, with uid, namespace and name";

const Watched = z.looseObject({ uid: PodMetadata.shape.uid });

function watchedFaults(pod: unknown, path: string): readonly Fault[] {
	if (isObject(pod) && "metadata" in pod) return [faultAt(path, manifestRule)];
	if (isObject(pod)) return faultsBy(Watched, pod, path);
	return faultsBy(Watched.shape.uid, pod, path);
}

const isObject = (value: unknown): value is object =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const faultsBy = (schema: z.ZodType, value: unknown, at: string): readonly Fault[] =>
	(schema.safeParse(value, { error: schemaProblem }).error?.issues ?? []).map(({ path, message }) =>
		faultAt(path.reduce<string>(memberPath, at), message),
	);
