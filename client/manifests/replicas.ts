import * as z from "zod";
import { schemaProblem } from "../../shared/pods/faults.ts";
import type { NamedPod } from "../model.ts";
import { podOf } from "./pods.ts";
import { type Known, type Reading, tellIssues } from "./reading.ts";
import { ownUid, type Replicas, Workload, type WorkloadKind } from "./workloads.ts";

/** The pods that a workload begins with; none, once a fault was told. */
export function replicasOf(
	value: unknown,
	workloadKind: WorkloadKind,
	known: Known,
	reading: Reading,
): readonly NamedPod[] {
	const { object, kind, namespace } = known;
	const read = Workload.safeParse(value, { error: schemaProblem });
	if (!read.success) {
		tellIssues(read.error.issues, object, reading);
		tellOfTemplate(value, known, reading);
		return [];
	}
	const { template } = read.data.spec;
	const replicas = workloadKind.replicasOf(read.data, ownUid(kind, namespace, read.data));
	const { owner, count, note } = replicas;
	if (count > reading.most) {
		const problem = `asks for ${count} pods; a file may hold ${reading.most} more: split it if that is meant`;
		reading.tell(["spec"], { object, path: "spec", problem });
		return [];
	}
	if (note !== undefined) reading.note(`${object} ${note}`);
	else if (count === 0) reading.note(`${object} has no replicas: nothing of it is sent`);
	const nameOf = uniquely(replicas);
	const made = (index: number) => {
		const uid = reading.newUid();
		const { name, labels } = nameOf(index, uid);
		const metadata = {
			...template.metadata,
			name,
			namespace,
			uid,
			labels: { ...template.metadata?.labels, ...labels },
			ownerReferences: [{ ...owner, controller: true }],
		};
		return { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
	};
	if (count === 0) return [];
	// What is wrong with one is wrong with all.
	const first = podOf(made(0), known, reading, templatePath);
	if (first === undefined) return [];
	const others = Array.from({ length: count - 1 }, (_, index) => made(index + 1));
	const judged = { ...reading, withHopeless: true };
	return [first, ...others.flatMap((pod) => podOf(pod, known, judged, templatePath) ?? [])];
}

const templatePath = ["spec", "template"];

/** Tells what is wrong with the template of a workload that has other faults. */
function tellOfTemplate(value: unknown, known: Known, reading: Reading): void {
	const read = Templated.safeParse(value);
	if (!read.success) return;
	const { metadata, spec } = read.data.spec.template;
	podOf({ metadata: { ...metadata, name: "replica" }, spec }, known, reading, templatePath);
}

const Templated = z.object({ spec: z.object({ template: Workload.shape.spec.shape.template }) });

/** Names by which no two replicas are called: they are drawn again while they are another's. */
function uniquely({
	replica,
}: Replicas): (index: number, uid: string) => ReturnType<Replicas["replica"]> {
	const taken = new Set<string>();
	return (index, uid) => {
		for (let draw = 0; ; draw++) {
			const drawn = replica(index, `${uid} ${index} ${draw}`);
			if (taken.has(drawn.name)) continue;
			taken.add(drawn.name);
			return drawn;
		}
	};
}
