/**
 * Writes the dashboards and alarms as CloudFormation's resources, for serverless.yml.
 * `--check` writes nothing and fails when a file isn't current.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { resourceFiles } from "./resources.ts";

const root = resolve(import.meta.dirname, "../..");

/** Each file as it stands and as it should. */
export const currentFiles = async () =>
	await Promise.all(
		Object.entries(resourceFiles()).map(async ([path, made]) => ({
			path,
			written: await readFile(resolve(root, path), "utf8").catch(() => ""),
			made,
		})),
	);

if (import.meta.main) {
	const isCheck = process.argv.includes("--check");
	for (const { path, written, made } of await currentFiles()) {
		if (written === made) continue;
		if (isCheck) {
			process.stderr.write(`${path} is not current: run node infra/dashboards/generate.ts\n`);
			process.exitCode = 1;
		} else {
			await mkdir(dirname(resolve(root, path)), { recursive: true });
			await writeFile(resolve(root, path), made);
			process.stdout.write(`${path} written\n`);
		}
	}
}
