import * as z from "zod";
import { derivedUid, generatedName, templateHash } from "./names.ts";

const Labels = z.record(z.string(), z.string()).nullish();
const Count = z.int({ error: "must be a whole number, 0 or more" }).min(0).nullish();

/** As much of a workload as its pods are made from; Kubernetes' names. */
export const Workload = z.looseObject({
	metadata: z.looseObject({
		name: z.string().min(1),
		uid: z.string().nullish(),
	}),
	spec: z.looseObject({
		replicas: Count,
		ordinals: z.looseObject({ start: Count }).nullish(),
		parallelism: Count,
		completions: Count,
		completionMode: z.string().nullish(),
		suspend: z.boolean().nullish(),
		template: z.looseObject({
			metadata: z.looseObject({ labels: Labels, annotations: Labels }).nullish(),
			spec: z.looseObject({}),
		}),
	}),
});
type Workload = z.infer<typeof Workload>;

/** Who makes the pods: they are replicas of it. */
type Owner = Readonly<{ apiVersion: string; kind: string; name: string; uid: string }>;

/** What the controller of a workload would make now. */
export type Replicas = Readonly<{
	owner: Owner;
	count: number;
	/** @param seed what makes a generated name differ from others. */
	replica(index: number, seed: string): Readonly<{ name: string; labels: Record<string, string> }>;
	/** What comes out otherwise than in a cluster, for people. */
	note?: string;
}>;

export type WorkloadKind = Readonly<{
	apiVersion: string;
	replicasOf(workload: Workload, uid: string): Replicas;
}>;

/**
 * A workload that has no uid, since no API server gave it one, has one by its name: whoever sends its pods again, or
 * deletes them, means the same workload.
 */
export const ownUid = (kind: string, namespace: string, { metadata }: Workload): string =>
	metadata.uid ?? derivedUid(`${kind} ${namespace}/${metadata.name}`);

/** The workloads that pods are made of here, by their kind. */
export const workloadKinds: ReadonlyMap<string, WorkloadKind> = new Map([
	[
		"Deployment",
		{
			apiVersion: "apps/v1",
			replicasOf: ({ metadata, spec }, uid) => {
				const hash = templateHash(spec.template);
				const name = `${metadata.name}-${hash}`;
				const owner = { ...apps("ReplicaSet"), name, uid: derivedUid(`ReplicaSet of ${uid}`) };
				return generated(owner, spec.replicas ?? 1, { "pod-template-hash": hash });
			},
		},
	],
	[
		"ReplicaSet",
		{
			apiVersion: "apps/v1",
			replicasOf: ({ metadata: { name }, spec }, uid) =>
				generated({ ...apps("ReplicaSet"), name, uid }, spec.replicas ?? 1, {}),
		},
	],
	[
		"StatefulSet",
		{
			apiVersion: "apps/v1",
			replicasOf: ({ metadata: { name }, spec }, uid) => ({
				owner: { ...apps("StatefulSet"), name, uid },
				count: spec.replicas ?? 1,
				replica: (index) => {
					const ordinal = (spec.ordinals?.start ?? 0) + index;
					const pod = `${name}-${ordinal}`;
					const labels = {
						"statefulset.kubernetes.io/pod-name": pod,
						"apps.kubernetes.io/pod-index": String(ordinal),
					};
					return { name: pod, labels };
				},
			}),
		},
	],
	["Job", { apiVersion: "batch/v1", replicasOf: jobReplicas }],
]);

const apps = (kind: string) => ({ apiVersion: "apps/v1", kind });

const generated = (owner: Owner, count: number, labels: Record<string, string>): Replicas => ({
	owner,
	count,
	replica: (_, seed) => ({ name: generatedName(`${owner.name}-`, seed), labels }),
});

/** The pods that a Job begins with: nobody here counts which of them have completed, to start the next. */
function jobReplicas({ metadata: { name }, spec }: Workload, uid: string): Replicas {
	const { completions, parallelism, completionMode, suspend } = spec;
	const wanted = completions ?? parallelism ?? 1;
	const count = suspend === true ? 0 : Math.min(parallelism ?? 1, wanted);
	const jobLabels = { "batch.kubernetes.io/job-name": name, "job-name": name };
	const note =
		suspend === true
			? "is suspended: none of its pods is sent"
			: `begins with ${count} of its ${wanted} completions; the others aren't started when these have completed: raise spec.parallelism to have all at once`;
	return {
		owner: { apiVersion: "batch/v1", kind: "Job", name, uid },
		count,
		replica: (index, seed) => {
			if (completionMode !== "Indexed")
				return { name: generatedName(`${name}-`, seed), labels: jobLabels };
			const labels = { ...jobLabels, "batch.kubernetes.io/job-completion-index": String(index) };
			return { name: generatedName(`${name}-${index}-`, seed), labels };
		},
		...(suspend === true || count < wanted ? { note } : {}),
	};
}
