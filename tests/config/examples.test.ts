import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";

describe("the configurations of this repository", () => {
	it.each(["provider.yaml", "examples/kip/provider.yaml"])(
		"%s and its cloud-init file have no fault, and the latter no warning",
		async (path) => {
			const { warnings, settings } = await loadProvider(path, checkCloudInit, {
				region: "us-east-1",
			});
			expect(settings.cloudInit).toMatch(/^#cloud-config\n/);
			expect(warnings.filter((warning) => warning.path.includes("cloud-init"))).toEqual([]);
		},
	);
});
