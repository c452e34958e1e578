import * as z from "zod";
import { schemaProblem, shortened } from "../../shared/pods/faults.ts";
import type { NamedPod } from "../types.ts";
import { podOf } from "./pods.ts";
import { type Reading, tellIssues } from "./reading.ts";
import { replicasOf } from "./replicas.ts";
import { workloadKinds } from "./workloads.ts";

const Text = z.string().nullish();

const Head = z.looseObject({
	apiVersion: Text,
	kind: z.string(),
	metadata: z.looseObject({ name: Text, generateName: Text, namespace: Text }).nullish(),
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
	const fault = kindFault(read.data) ?? namespaceFault(read.data, reading.namespace);
	if (fault !== undefined) {
		reading.tell(fault.path.split("."), { object, ...fault });
		return [];
	}
	const namespace = metadata?.namespace ?? reading.namespace ?? "default";
	const known = { object, kind, namespace };
	const workload = workloadKinds.get(kind);
	if (workload !== undefined) return replicasOf(value, workload, known, reading);
	const pod = podOf(value, known, reading);
	return pod === undefined ? [] : [pod];
}

function kindFault({ kind, apiVersion }: Head) {
	const wanted = kind === "Pod" ? "v1" : workloadKinds.get(kind)?.apiVersion;
	if (wanted === undefined) {
		const problem =
			refusals.get(kind) ?? `can't be launched; what can: ${accepted}; leave it out of the file`;
		return { path: "kind", value: shortened(kind), problem };
	}
	if ((apiVersion ?? wanted) === wanted) return undefined;
	const problem = `must be ${wanted} for a ${kind}`;
	return { path: "apiVersion", value: shortened(apiVersion ?? ""), problem };
}

function namespaceFault({ metadata }: Head, wanted: string | undefined) {
	const own = metadata?.namespace ?? undefined;
	if (own === undefined || wanted === undefined || own === wanted) return undefined;
	const problem = `is another namespace than ${wanted}, where all is to be; correct one of the two`;
	return { path: "metadata.namespace", value: shortened(own), problem };
}
