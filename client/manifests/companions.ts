import * as z from "zod";
import { shortened } from "../../shared/pods/faults.ts";

/** What stands beside workloads in a chart or a folder. No pod comes of it, and a cell needs none of it. */
const kinds: ReadonlySet<string> = new Set([
	"ClusterRole",
	"ClusterRoleBinding",
	"ConfigMap",
	"EndpointSlice",
	"Endpoints",
	"HorizontalPodAutoscaler",
	"Ingress",
	"IngressClass",
	"LimitRange",
	"Namespace",
	"NetworkPolicy",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"PodDisruptionBudget",
	"PriorityClass",
	"ResourceQuota",
	"Role",
	"RoleBinding",
	"Secret",
	"Service",
	"ServiceAccount",
	"StorageClass",
]);

const Companion = z.object({
	kind: z.string().refine((kind) => kinds.has(kind)),
	metadata: z
		.object({ name: z.string().optional().catch(undefined) })
		.optional()
		.catch(undefined),
});

/** @returns `Service web`; undefined: it is something that has to be read. */
export function companionName(value: unknown): string | undefined {
	const read = Companion.safeParse(value);
	if (!read.success) return undefined;
	return shortened(`${read.data.kind} ${read.data.metadata?.name ?? ""}`.trim());
}
