import { readManifests } from "../../client/manifests/read.ts";
import type { NamedPod } from "../../client/types.ts";

export { podScheduledMessage } from "../../client/messages.ts";

type Annotated = Readonly<{ annotations: Readonly<Record<string, string>> }>;

export type PodManifest = NamedPod & Readonly<{ metadata: NamedPod["metadata"] & Annotated }>;

/** The pods of a text. */
export const podsIn = (text: string, source: string): readonly PodManifest[] =>
	readManifests(text, { source }).pods.map((pod) => ({
		...pod,
		metadata: { ...pod.metadata, annotations: pod.metadata.annotations ?? {} },
	}));
