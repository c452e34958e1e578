import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";

const Versions = z.record(z.string(), z.string());
const { devDependencies, optionalDependencies } = z
	.object({ devDependencies: Versions, optionalDependencies: Versions })
	.parse(JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../package.json"), "utf8")));

// As an optional package alone, npm on Node 20 would leave fauxqs out of a checkout without a word.
it("installs in a checkout what is optional elsewhere, whatever Node npm runs on", () => {
	expect(Object.keys(optionalDependencies)).toContain("fauxqs");
	expect(devDependencies).toMatchObject(optionalDependencies);
});
