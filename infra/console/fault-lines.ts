import * as z from "zod";
import { documentsIn } from "../../client/manifests/documents.ts";
import { objectsIn } from "../../client/manifests/lists.ts";
import { stepsOf } from "../../client/manifests/pods.ts";

/** As much of an object as says which pods are made of it, and where their template is. */
const Origin = z.looseObject({
	metadata: z.looseObject({ name: z.string().optional() }).optional(),
	spec: z.looseObject({ template: z.unknown().optional() }).optional(),
});

/**
 * Where in a text the faults stand that show only when a machine is chosen for its pods.
 *
 * @param yaml in which pods were read already.
 * @returns the line, from 1, of what stands at a path of a pod, or of the nearest thing around it.
 */
export function faultLines(yaml: string): (podName: string, path: string) => number | undefined {
	const origins = objectsIn(documentsIn(yaml, undefined)).flatMap(({ value, lineOf }) => {
		const { data } = Origin.safeParse(value);
		const name = data?.metadata?.name;
		const template = data?.spec?.template === undefined ? [] : ["spec", "template"];
		return name === undefined ? [] : [{ name, at: template, lineOf }];
	});
	return (podName, path) => {
		// A replica's name begins with its workload's.
		const origin =
			origins.find(({ name }) => name === podName) ??
			origins.find(({ name }) => podName.startsWith(`${name}-`));
		return origin?.lineOf([...origin.at, ...stepsOf(path)]);
	};
}
