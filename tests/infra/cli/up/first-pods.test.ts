import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstPods } from "../../../../infra/cli/up/first-pods.ts";
import { emptyFolder } from "../cellwright.ts";

async function begin(files: Readonly<Record<string, unknown>>, once = false) {
	const folder = join(await emptyFolder(), "pods");
	await mkdir(folder);
	for (const [name, content] of Object.entries(files))
		await writeFile(join(folder, name), JSON.stringify(content));
	const said: string[] = [];
	const pods = await firstPods({ pods: folder, once }, (line) => said.push(line));
	return { folder, said, names: pods.map(({ metadata }) => metadata.name) };
}

const web = {
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "web" },
	spec: { containers: [{ name: "web", image: "nginx" }] },
};
const sleeping = {
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: { name: "sleeping" },
	spec: { replicas: 0, template: { metadata: {}, spec: web.spec } },
};

describe("the pods that a stack begins with", () => {
	it("are those of a folder", async () => {
		expect(await begin({ "web.yaml": web, "README.md": "" }, true)).toMatchObject({
			names: ["web"],
			said: [],
		});
	});

	it.each([
		{ where: "an empty folder", files: {} },
		{ where: "a folder without manifests", files: { "README.md": "" } },
		{ where: "a folder whose workload has no replicas", files: { "sleeping.yaml": sleeping } },
	])("may be none, as in $where, unless they are waited for", async ({ files }) => {
		const { folder, names, said } = await begin(files);
		expect(names).toEqual([]);
		expect(said.at(-1)).toBe(`No pod in ${folder}: nothing is launched now`);
		await expect(begin(files, true)).rejects.toThrow(
			/^--once: there is no pod in \S+ whose answer could be waited for$/,
		);
	});

	it("are in a folder, which must be there", async () => {
		await expect(firstPods({ pods: "no-such-folder", once: false }, () => {})).rejects.toThrow(
			"--pods: must be a folder of manifests (found: no-such-folder)",
		);
	});
});
