import { readdir } from "node:fs/promises";
import type { NamedPod } from "../../../client/model.ts";
import { invalid } from "../../../shared/errors.ts";
import { isManifest, readManifestFiles } from "../launch/manifest-file.ts";
import { printable } from "../screen/text-layout.ts";

/**
 * The pods that a stack begins with. There may be none, as in an empty folder: others can be launched later.
 *
 * @param say is told what is left out, and that there are none.
 * @throws ProvisionerError `invalid` for what is no folder, for the faults of its manifests, and when there are none
 *   where their answers are to be waited for.
 */
export async function firstPods(
	{ pods: folder, once }: Readonly<{ pods: string; once: boolean }>,
	say: (line: string) => void,
): Promise<readonly NamedPod[]> {
	const names = await readdir(folder).catch(() => undefined);
	if (names === undefined) {
		const problem = "must be a folder of manifests";
		throw invalid("InvalidOption", [{ path: "--pods", value: folder, problem }]);
	}
	const pods = names.some(isManifest) ? await podsIn(folder, say) : [];
	if (pods.length > 0) return pods;
	if (once) {
		const problem = `there is no pod in ${folder} whose answer could be waited for`;
		throw invalid("InvalidOption", [{ path: "--once", problem }]);
	}
	say(`No pod in ${folder}: nothing is launched now`);
	return [];
}

async function podsIn(folder: string, say: (line: string) => void): Promise<readonly NamedPod[]> {
	const { pods, notes } = await readManifestFiles([folder], { withHopeless: true });
	for (const note of notes) say(printable(`note: ${note}`));
	return pods.map(({ manifest }) => manifest);
}
