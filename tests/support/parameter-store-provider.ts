import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The repository's provider.yaml, with cells' files in the parameter store; its path. */
export async function parameterStoreProvider(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-provider-"));
	const yaml = await readFile(join(root, "provider.yaml"), "utf8");
	const path = join(folder, "provider.yaml");
	await writeFile(path, inParameterStore(yaml));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	return path;
}

const inParameterStore = (yaml: string): string =>
	`${yaml.replace("examples/cloud-init.yaml", join(root, "examples/cloud-init.yaml")).trimEnd()}
  useCloudParameterStore: true
  defaultIAMPermissions: my-cells
`;
