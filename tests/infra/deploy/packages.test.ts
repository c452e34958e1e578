import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionNames } from "../../../infra/bundle.ts";
import { budgetFaults, writePackages } from "../../../infra/deploy/packages.ts";
import { parseProvider } from "../../../shared/config/provider.ts";
import { packagedStack } from "../../support/packaged-stack.ts";
import { providerYaml } from "../../support/provider-yaml.ts";

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "cellwright-packages-"));
});
afterAll(async () => {
	await rm(folder, { recursive: true });
});

const namesIn = async (path: string): Promise<readonly string[]> => {
	const { stdout } = await run("python3", ["-m", "zipfile", "-l", path]);
	return stdout
		.split("\n")
		.slice(1)
		.flatMap((line) => line.split(/\s{2,}/)[0]?.trim() || [])
		.toSorted();
};

describe("the functions' packages", () => {
	it("hold the module and its map, and provider.yaml with its cloud-init file where they are read", async () => {
		const yaml = providerYaml({ cells: { cloudInitFile: "cloud-init.yaml" } });
		await writeFile(join(folder, "provider.yaml"), yaml);
		await writeFile(join(folder, "cloud-init.yaml"), "#cloud-config\n{}\n");
		const packages = join(folder, "packages");
		await writePackages(packages, join(folder, "provider.yaml"), parseProvider(yaml).config);
		expect((await readdir(packages)).toSorted()).toEqual(
			functionNames.map((name) => `${name}.zip`).toSorted(),
		);
		expect(await namesIn(join(packages, "readiness.zip"))).toEqual(["index.mjs", "index.mjs.map"]);
		for (const name of ["launch", "images", "interruptions", "janitor"])
			expect(await namesIn(join(packages, `${name}.zip`))).toEqual([
				"cloud-init.yaml",
				"index.mjs",
				"index.mjs.map",
				"provider.yaml",
			]);
	});

	it.each([
		{ bytes: 700_000, zippedBytes: 200_000, faults: 0 },
		{ bytes: 700_001, zippedBytes: 200_000, faults: 1 },
		{ bytes: 700_001, zippedBytes: 200_001, faults: 2 },
	])("with $bytes bytes and $zippedBytes zipped, launch breaks $faults budgets", (each) => {
		expect(budgetFaults("launch", each.bytes, each.zippedBytes)).toHaveLength(each.faults);
	});
});

describe("packaging", () => {
	it("stops at a faulty provider.yaml, with every fault of it and of the parameters, once", async () => {
		const providerFile = join(folder, "faulty.yaml");
		const text =
			"cloud: {aws: {region: us-east-1, subnetIDs: [subnet-zz]}}\ncells: {defaultVolumeSize: tiny}\n";
		await writeFile(providerFile, text);
		const packaging = packagedStack({ providerFile, parameters: { logLevel: "loud" } });
		const message = await packaging.then(String, String);
		for (const path of [
			"cloud.aws.subnetIDs[0]",
			"cells.defaultVolumeSize",
			"cells.defaultInstanceType",
			"params: logLevel",
		])
			expect(message.split(`${path}: `), path).toHaveLength(2);
	});
});
