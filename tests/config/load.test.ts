import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CheckCloudInit, loadProvider } from "../../shared/config/load.ts";
import { providerYaml } from "../support/provider-yaml.ts";

const nothingWrong: CheckCloudInit = () => ({ faults: [], warnings: [] });

describe("loadProvider", () => {
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "cellwright-config-"));
	});
	afterEach(async () => rm(folder, { recursive: true }));

	/** Writes files into the folder and loads the one named provider.yaml. */
	async function load(files: Record<string, string | Uint8Array>, check = nothingWrong) {
		for (const [name, content] of Object.entries(files)) {
			await writeFile(join(folder, name), content);
		}
		return loadProvider(join(folder, "provider.yaml"), check);
	}

	const naming = (cloudInitFile: string, cells = {}): string =>
		providerYaml({ cells: { cloudInitFile, ...cells } });

	it("finds the cloud-init file beside provider.yaml", async () => {
		const { settings, revision } = await load({
			"provider.yaml": naming("init.yaml", { itzo: "{version: v1.2.1}", cellConfig: "{a: 1}" }),
			"init.yaml": "#cloud-config\n",
		});
		expect(settings).toEqual({
			itzoVersion: "v1.2.1",
			cellConfig: { a: "1" },
			cloudInit: "#cloud-config\n",
		});
		expect(revision).toMatch(/^[0-9a-f]{12}$/);
	});

	it("takes an absolute path as it is", async () => {
		const { settings } = await load({
			"provider.yaml": naming(join(folder, "init.yaml")),
			"init.yaml": "#cloud-config\n",
		});
		expect(settings.cloudInit).toBe("#cloud-config\n");
	});

	it("needs no cloud-init file", async () => {
		expect((await load({ "provider.yaml": providerYaml() })).settings).toEqual({ cellConfig: {} });
	});

	it.each([
		{ owners: "'689494258501'", flavor: "elotl" },
		{ owners: "'099720109477'", flavor: "canonical" },
	])(
		"has the file checked for $flavor when the image's owner is $owners",
		async ({ owners, flavor }) => {
			const seen: unknown[] = [];
			const yaml = naming("init.yaml", { bootImageSpec: `{owners: ${owners}}` });
			await load({ "provider.yaml": yaml, "init.yaml": "text" }, (...given) => {
				seen.push(given);
				return { faults: [], warnings: [] };
			});
			expect(seen).toEqual([["text", flavor]]);
		},
	);

	it("tells the faults of both files together, and says in which file they are", async () => {
		const files = { "provider.yaml": naming("init.yaml", { sizing: "x" }), "init.yaml": "bad" };
		const fault = { path: "write_files[0].path", problem: "Required: an absolute path" };
		const loading = load(files, () => ({ faults: [fault], warnings: [] }));
		await expect(loading).rejects.toMatchObject({
			reason: "InvalidConfig",
			faults: [
				{ path: "cells.sizing" },
				{ path: "init.yaml: write_files[0].path", problem: "Required: an absolute path" },
			],
		});
	});

	it("hands on the warnings of both files", async () => {
		const warning = { path: "packages", problem: "Unsupported: …" };
		const { warnings } = await load(
			{ "provider.yaml": naming("init.yaml", { statusInterval: 5 }), "init.yaml": "" },
			() => ({ faults: [], warnings: [warning] }),
		);
		expect(warnings.map(({ path }) => path)).toEqual([
			"cells.statusInterval",
			"init.yaml: packages",
		]);
	});

	it.each([
		{ when: "is missing", file: "absent.yaml", problem: /no such file/ },
		{ when: "is a folder", file: "folder", problem: /is a folder/ },
		{ when: "lies below a file", file: "provider.yaml/x", problem: /isn't a folder/ },
		{ when: "isn't UTF-8", file: "latin1", problem: /UTF-8/ },
	])("says so when the cloud-init file $when", async ({ file, problem }) => {
		await mkdir(join(folder, "folder"));
		const files = { "provider.yaml": naming(file), latin1: Uint8Array.of(0x61, 0xe4, 0x0a) };
		await expect(load(files)).rejects.toMatchObject({
			faults: [
				{ path: "cells.cloudInitFile", value: file, problem: expect.stringMatching(problem) },
			],
		});
	});

	it("says so when provider.yaml is missing", async () => {
		await expect(load({})).rejects.toMatchObject({
			faults: [
				{ path: join(folder, "provider.yaml"), problem: expect.stringContaining("no such file") },
			],
		});
	});
});
