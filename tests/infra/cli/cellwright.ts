import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

const root = resolve(import.meta.dirname, "../../..");

export type Ended = Readonly<{ code: number; stdout: string; stderr: string }>;

/** A folder in which no stack runs, with what commands look for by relative paths. */
export async function emptyFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-cli-"));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	for (const name of ["examples", "provider.yaml"]) {
		await symlink(join(root, name), join(folder, name));
	}
	return folder;
}

/** Runs the command line as a process of its own, in a folder, without any AWS account. */
export const cellwright = async (folder: string, ...args: readonly string[]): Promise<Ended> =>
	await cellwrightWith({}, folder, ...args);

/** The same with more in its environment. */
export async function cellwrightWith(
	environment: Readonly<Record<string, string>>,
	folder: string,
	...args: readonly string[]
): Promise<Ended> {
	const cli = join(root, "infra/cli/bin.js");
	return await new Promise((finish) => {
		execFile(
			process.execPath,
			[cli, ...args],
			{
				cwd: folder,
				env: {
					AWS_EC2_METADATA_DISABLED: "true",
					AWS_REGION: "us-east-1",
					HOME: folder,
					...environment,
				},
				timeout: 200_000,
			},
			(error, stdout, stderr) => {
				const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
				finish({ code, stdout, stderr });
			},
		);
	});
}
