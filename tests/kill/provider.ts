import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The repository's provider.yaml with a limit, and a pace that a run of minutes has time for. */
export async function stormProvider() {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-kill-"));
	const path = join(folder, "provider.yaml");
	const yaml = await readFile(join(root, "provider.yaml"), "utf8");
	const absolute = yaml.replace("examples/cloud-init.yaml", join(root, "examples/cloud-init.yaml"));
	await writeFile(path, `${absolute.trimEnd()}\n${sections}`);
	return { path, remove: async () => await rm(folder, { recursive: true }) };
}

/** Of `limits.cells`. */
export const cellLimit = 190;

const sections = `
limits:
  cells: ${cellLimit}
launch:
  callBurst: 20
  callsPerSecond: 8
janitor:
  maxEnded: 200
`;
