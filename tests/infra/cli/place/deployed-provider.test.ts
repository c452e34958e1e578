import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellwright, emptyFolder } from "../cellwright.ts";

const serverless = `
service: cells
params:
  default:
    providerFile: usual.yaml
  production:
    providerFile: stages/production.yaml
  test:
    logRetentionDays: 1
`;

describe("the provider.yaml of a deployment", () => {
	it.each([
		{ deployment: "cells-production", is: "stages/production.yaml" },
		{ deployment: "cells-test", is: "usual.yaml" },
		{ deployment: "cells-other", is: "usual.yaml" },
		{ deployment: "others-production", is: "provider.yaml" },
		{ deployment: "cells-production", named: "mine.yaml", is: "mine.yaml" },
		{ deployment: "cells-production", text: "service: [", is: "provider.yaml" },
	])("is $is for $deployment", async ({ deployment, named, is, text = serverless }) => {
		const folder = await emptyFolder();
		await writeFile(join(folder, "serverless.yml"), text);
		await mkdir(join(folder, "stages"));
		// It leads to the project's own.
		await rm(join(folder, "provider.yaml"));
		// None of them is a configuration: the key that is told as wrong says which one was read.
		for (const each of ["stages/production.yaml", "usual.yaml", "provider.yaml", "mine.yaml"])
			await writeFile(join(folder, each), `"read ${each}": true\n`);
		const { code, stderr } = await cellwright(
			folder,
			...["explain", "examples/pods/web-small.yaml", "--deployment", deployment],
			...(named === undefined ? [] : ["--provider", named]),
		);
		expect(code).toBe(2);
		expect(stderr).toContain(`read ${is}`);
	});
});
