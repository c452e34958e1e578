import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { bundled, bundledModule } from "../../infra/bundle.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { providerYaml } from "../support/provider-yaml.ts";

const region = "us-east-1";

describe("a configuration that is embedded into a bundle", () => {
	let folder = "";
	beforeEach(async () => {
		const parent = resolve(import.meta.dirname, "../../.build");
		await mkdir(parent, { recursive: true });
		folder = await mkdtemp(join(parent, "provider-"));
		onTestFinished(async () => await rm(folder, { recursive: true }));
	});

	/** What `loadProvider` gives in a bundle, in a process of its own, without any file. */
	async function embedded(path: string, runsIn = region): Promise<unknown> {
		const module = join(folder, "load.mjs");
		const provider = { path, region };
		await writeFile(module, (await bundledModule("shared/config/load.ts", { provider })).text);
		const script = `const { loadProvider } = await import(${JSON.stringify(module)});
		const said = await loadProvider("nowhere.yaml", undefined, { region: "${runsIn}" }).catch(({ kind, reason, message }) => ({ kind, reason, message }));
		process.stdout.write(JSON.stringify(said));`;
		const { stdout } = await promisify(execFile)(process.execPath, [
			"--input-type=module",
			"-e",
			script,
		]);
		return JSON.parse(stdout);
	}

	it.each(["provider.yaml", "examples/kip/provider.yaml"])("is all that %s says", async (path) => {
		const loaded = await loadProvider(path, checkCloudInit, { region });
		expect(await embedded(path)).toEqual(loaded);
		expect(loaded.settings.cloudInit).toMatch(/^#cloud-config/);
	});

	it("is refused where it wasn't made for", async () => {
		expect(await embedded("provider.yaml", "eu-west-1")).toEqual({
			kind: "operator",
			reason: "WrongRegion",
			message: expect.stringMatching(/us-east-1.*eu-west-1.*package it again/),
		});
	});

	it("isn't embedded with a fault: every one is told", async () => {
		const path = join(folder, "provider.yaml");
		const cells = { bootAttempts: "99", cloudInitFile: "none.yaml" };
		await writeFile(path, providerYaml({ cells }));
		await expect(bundled("launch", { provider: { path, region } })).rejects.toMatchObject({
			reason: "InvalidConfig",
			faults: [{ path: "cells.bootAttempts" }, { path: "cells.cloudInitFile" }],
		});
	});

	it("takes the place of what reads and checks it", async () => {
		const [reading, ready] = [
			await bundled("launch"),
			await bundled("launch", { provider: { path: "provider.yaml", region } }),
		];
		for (const word of [
			"capacityTimeoutSeconds:",
			"elotl/cloud-init ignores",
			"not readable as YAML",
		]) {
			expect(reading.text).toContain(word);
			expect(ready.text).not.toContain(word);
		}
		expect(ready.gzippedBytes).toBeLessThan(reading.gzippedBytes - 5_000);
	});
});
