import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The compiled CloudFormation template, as far as everybody needs it. */
const Template = z.looseObject({
	Resources: z.record(
		z.string(),
		z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) }),
	),
	Outputs: z.record(z.string(), z.looseObject({})).default({}),
	Conditions: z.record(z.string(), z.unknown()).default({}),
});
export type Template = z.infer<typeof Template>;
export type Resource = Template["Resources"][string];

/**
 * What `npx serverless package` makes of a clone of this project, without network and credentials.
 *
 * @throws with the tool's words where it refuses.
 */
export async function packagedStack(
	options: Readonly<{
		stage?: string;
		parameters?: Readonly<Record<string, string>>;
		/** Instead of the project's provider.yaml. */
		providerFile?: string;
	}> = {},
): Promise<Template> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-package-"));
	try {
		for (const name of ["node_modules", "infra", "functions", "shared", "examples", "package.json"])
			await symlink(join(root, name), join(folder, name));
		await copyFile(join(root, "serverless.yml"), join(folder, "serverless.yml"));
		await copyFile(
			options.providerFile ?? join(root, "provider.yaml"),
			join(folder, "provider.yaml"),
		);
		const home = join(folder, "home");
		await mkdir(home);
		await run(
			process.execPath,
			[
				join(root, "node_modules/osls/bin/serverless.js"),
				"package",
				...(options.stage === undefined ? [] : ["--stage", options.stage]),
				...Object.entries(options.parameters ?? {}).map(
					([key, value]) => `--param=${key}=${value}`,
				),
			],
			{ cwd: folder, env: { PATH: process.env["PATH"], HOME: home, CI: "true" } },
		).catch((error: unknown) => {
			throw new Error(
				error instanceof Error && "stdout" in error ? outputOf(error) : String(error),
			);
		});
		const path = join(folder, ".serverless/cloudformation-template-update-stack.json");
		return Template.parse(JSON.parse(await readFile(path, "utf8")));
	} finally {
		await rm(folder, { recursive: true });
	}
}

const outputOf = (error: { stdout?: unknown; stderr?: unknown }): string =>
	`${String(error.stdout)}${String(error.stderr)}`;
