import type { StatusEvent } from "../shared/status/model.ts";

// Maps, lists and flags may be null: programs in Go write it for what is empty.

/** A pod as Kubernetes writes it; only what is named here is looked at before it is sent. */
export type PodManifest = Readonly<{
	apiVersion?: string | undefined;
	kind?: "Pod" | undefined;
	metadata: PodMetadata;
	spec: Readonly<Record<string, unknown>>;
}>;

type PodMetadata = Readonly<{
	name: string;
	/** Default: `default`. */
	namespace?: string | undefined;
	/** Names the pod for good: equal uids are one pod, which gets one cell. Absent: a new one is made. */
	uid?: string | undefined;
	labels?: Readonly<Record<string, string>> | null | undefined;
	annotations?: Readonly<Record<string, string>> | null | undefined;
	/** Pods that have one controller in common are replicas of it: one call to EC2 may launch several of them. */
	ownerReferences?: readonly OwnerReference[] | null | undefined;
}>;

type OwnerReference = Readonly<{
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean | null | undefined;
}>;

/** A pod that says who it is. */
export type NamedPod = PodManifest & Readonly<{ metadata: PodMetadata & PodIdentity }>;

/** Whom a message is about. */
export type PodIdentity = Readonly<{ uid: string; namespace: string; name: string }>;

/** What is known of a pod: the same as a status event on the bus. */
export type PodStatus = StatusEvent;
