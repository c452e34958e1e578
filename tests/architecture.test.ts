import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const run = promisify(execFile);
const made: string[] = [];

afterEach(async () => {
	for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

type Cruised = { summary: { totalCruised: number; violations: { rule: { name: string } }[] } };

const cruised = async (cwd: string, folders: readonly string[]): Promise<Cruised["summary"]> => {
	const config = join(root, ".dependency-cruiser.mjs");
	const args = [...folders, "--config", config, "--output-type", "json"];
	const command = join(root, "node_modules/.bin/depcruise");
	// Ends with the number of errors as its exit code; the report is on standard output all the same.
	const { stdout } = await run(command, args, {
		cwd,
		maxBuffer: 64 * 1024 * 1024,
	}).catch((failure: { stdout: string }) => failure);
	const report: Cruised = JSON.parse(stdout);
	return report.summary;
};

/** A tree of our layout with one bad import in it. */
const planted = async (files: Readonly<Record<string, string>>): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-boundaries-"));
	made.push(folder);
	await symlink(join(root, "node_modules"), join(folder, "node_modules"));
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), text);
	}
	return folder;
};

describe("boundaries", () => {
	it("hold, over every module of the project", async () => {
		const { violations, totalCruised } = await cruised(root, [
			"client",
			"functions",
			"shared",
			"infra",
			"bench",
		]);
		expect(violations).toEqual([]);
		// Without its parser, dependency-cruiser passes because it sees nothing.
		expect(totalCruised).toBeGreaterThan(100);
	});

	it.each([
		{
			rule: "no-cycles",
			files: {
				"shared/pods/a.ts": 'import { b } from "./b.ts"; export const a = b;',
				"shared/pods/b.ts": 'import { a } from "./a.ts"; export const b = () => a;',
			},
		},
		{
			rule: "downwards-only",
			files: {
				"shared/pods/a.ts": 'import { b } from "../../functions/launch/b.ts"; export const a = b;',
				"functions/launch/b.ts": "export const b = 1;",
			},
		},
		{
			rule: "client-below-infra",
			files: {
				"client/a.ts": 'import { b } from "../infra/cli/b.ts"; export const a = b;',
				"infra/cli/b.ts": "export const b = 1;",
			},
		},
		{
			rule: "neighbours-by-model",
			files: {
				"shared/pods/a.ts": 'import { b } from "../offerings/b.ts"; export const a = b;',
				"shared/offerings/b.ts": "export const b = 1;",
			},
		},
		{
			rule: "models-are-leaves",
			files: {
				"shared/pods/model.ts": 'import { b } from "./b.ts"; export const a = b;',
				"shared/pods/b.ts": "export const b = 1;",
			},
		},
		{
			rule: "sdk-in-adapters",
			files: {
				"shared/instances/a.ts":
					'import { EC2Client } from "@aws-sdk/client-ec2"; export const a = EC2Client;',
			},
		},
		{
			rule: "adapters-at-roots",
			files: {
				"shared/flows/a.ts": 'import { b } from "../instances/b.ec2.ts"; export const a = b;',
				"shared/instances/b.ec2.ts": "export const b = 1;",
			},
		},
	])("$rule turns red when it is broken", async ({ rule, files }) => {
		const folder = await planted({
			"functions/launch/keep.ts": "export const keep = 1;",
			"client/keep.ts": "export const keep = 1;",
			"infra/keep.ts": "export const keep = 1;",
			"shared/keep.ts": "export const keep = 1;",
			...files,
		});
		const { violations } = await cruised(folder, ["client", "functions", "infra", "shared"]);
		expect(violations.map((violation) => violation.rule.name)).toContain(rule);
	});
});
