import * as z from "zod";
import type { Fault } from "../../shared/errors.ts";
import { schemaProblem, shortened } from "../../shared/pods/faults.ts";
import type { NamedPod } from "../model.ts";
import { podOf } from "./pods.ts";
import { type Reading, tellIssues } from "./reading.ts";
import { replicasOf } from "./replicas.ts";
import { workloadKinds } from "./workloads.ts";

const Text = z.string().nullish();

/** Names that aren't text are told of by the reader of the object's own kind. */
const Head = z.looseObject({
	apiVersion: z.unknown().optional(),
	kind: z.string(),
	metadata: z
		.looseObject({
			name: Text.catch(undefined),
			generateName: Text.catch(undefined),
			namespace: z.unknown().optional(),
		})
		.nullish(),
});
type Head = z.infer<typeof Head>;

/** What can't be launched, and why not. */
const refusals: ReadonlyMap<string, string> = new Map([
	[
		"CronJob",
		"makes Jobs at times to come, and nothing here waits for them; send a Job when it is time: kubectl create job <name> --from=cronjob/<name> --dry-run=client -o yaml",
	],
	[
		"DaemonSet",
		"wants a pod on every node, and a cell is a node for one pod alone; send its template as a Pod or a Deployment",
	],
]);

const accepted = ["Pod", ...workloadKinds.keys(), "List"].join(", ");

/** The pods of one object; none, once a fault was told. */
export function podsOf(value: unknown, reading: Reading): readonly NamedPod[] {
	const read = Head.safeParse(value, { error: schemaProblem });
	if (!read.success) {
		tellIssues(read.error.issues, undefined, reading);
		return [];
	}
	const { kind, metadata } = read.data;
	const name = metadata?.name ?? metadata?.generateName ?? "";
	const object = shortened(`${kind} ${name}`.trim());
	const tell = (fault: Fault) => reading.tell(fault.path.split("."), { object, ...fault });
	const unknown = kindFault(kind);
	if (unknown !== undefined) {
		tell(unknown);
		return [];
	}
	versionFaults(read.data).forEach(tell);
	namespaceFaults(read.data, reading.namespace).forEach(tell);
	const own = metadata?.namespace;
	const namespace = typeof own === "string" ? own : (reading.namespace ?? "default");
	const known = { object, kind, namespace };
	const workload = workloadKinds.get(kind);
	if (workload !== undefined) return replicasOf(value, workload, known, reading);
	const pod = podOf(value, known, reading);
	return pod === undefined ? [] : [pod];
}

function kindFault(kind: string): Fault | undefined {
	if (wantedVersion(kind) !== undefined) return undefined;
	const problem =
		refusals.get(kind) ?? `can't be launched; what can: ${accepted}; leave it out of the file`;
	return { path: "kind", value: shortened(kind), problem };
}

const wantedVersion = (kind: string): string | undefined =>
	kind === "Pod" ? "v1" : workloadKinds.get(kind)?.apiVersion;

function versionFaults({ kind, apiVersion }: Head): readonly Fault[] {
	const wanted = wantedVersion(kind);
	if (wanted === undefined || (apiVersion ?? wanted) === wanted) return [];
	const problem = `must be ${wanted} for a ${kind}`;
	return [{ path: "apiVersion", value: shortened(String(apiVersion)), problem }];
}

function namespaceFaults({ metadata }: Head, wanted: string | undefined): readonly Fault[] {
	const own = metadata?.namespace ?? undefined;
	const path = "metadata.namespace";
	if (own !== undefined && typeof own !== "string") return [{ path, problem: "must be a string" }];
	if (own === undefined || wanted === undefined || own === wanted) return [];
	const problem = `is another namespace than ${wanted}, where all is to be; correct one of the two`;
	return [{ path, value: shortened(own), problem }];
}
