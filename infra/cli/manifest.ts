import { randomUUID } from "node:crypto";
import { loadAll, YAMLException } from "js-yaml";
import * as z from "zod";
import { unfoldsBeyond } from "../../shared/config/unfolded.ts";
import { invalid } from "../../shared/errors.ts";

/** As much of a manifest as sending it needs; the launch function judges the rest. */
const podManifest = (newUid: () => string) =>
	z.looseObject({
		kind: z.literal("Pod", { error: "only Pods can be launched so far" }),
		metadata: z.looseObject({
			name: z.string(),
			namespace: z.string().default("default"),
			uid: z.string().default(newUid),
			annotations: z.record(z.string(), z.string()).default({}),
		}),
	});
export type PodManifest = z.infer<ReturnType<typeof podManifest>>;

/**
 * The pods in a Kubernetes YAML file, with a uid where the file has none: only the API server gives one.
 *
 * @param path for error messages.
 * @param newUid for pods without a uid.
 * @throws ProvisionerError `invalid` with every fault of the file.
 */
export function podsIn(
	text: string,
	path: string,
	newUid: () => string = randomUUID,
): readonly PodManifest[] {
	const schema = podManifest(newUid);
	const documents = parsed(text, path).filter((document) => document !== null);
	const pods: PodManifest[] = [];
	const faults = documents.flatMap((document, index) => {
		const pod = schema.safeParse(document);
		if (pod.success) pods.push(pod.data);
		return (pod.error?.issues ?? []).map((issue) => ({
			path: `${path}, document ${index + 1}: ${issue.path.join(".")}`,
			problem: issue.message,
		}));
	});
	if (faults.length > 0) throw invalid("InvalidManifest", faults);
	if (pods.length === 0)
		throw invalid("InvalidManifest", [{ path, problem: "holds no Kubernetes object" }]);
	return pods;
}

/** Thousands of pods; anything larger is the wrong file. */
const largestCharacters = 16 * 2 ** 20;

/** Of one document: twice as many as launch reads of a message. */
const largestValues = 40_000;

function parsed(text: string, path: string): readonly unknown[] {
	if (text.length > largestCharacters)
		throw notReadable(path, `has ${text.length} characters; at most ${largestCharacters} are read`);
	const documents = documentsIn(text, path);
	for (const [index, document] of documents.entries())
		if (unfoldsBeyond(document, largestValues))
			throw notReadable(
				`${path}, document ${index + 1}`,
				`holds more than ${largestValues} values with its aliases written out, or itself`,
			);
	return documents;
}

function documentsIn(text: string, path: string): readonly unknown[] {
	try {
		return loadAll(text);
	} catch (error) {
		// The parser's message quotes the file, and pods hold secrets.
		const { reason, mark } = error instanceof YAMLException ? error : { reason: "isn't YAML" };
		const place = mark === undefined ? "" : ` in line ${mark.line + 1}, column ${mark.column + 1}`;
		throw notReadable(path, `is not readable as YAML: ${reason}${place}`);
	}
}

const notReadable = (path: string, problem: string) =>
	invalid("InvalidManifest", [{ path, problem }]);

/** The message that launches a pod. */
export const podScheduledMessage = (pod: PodManifest): string =>
	JSON.stringify({ apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod });
