import { describe, expect, it } from "vitest";
import { inspectProvider, parseProvider } from "../../shared/config/provider.ts";
import { providerYaml } from "../support/provider-yaml.ts";

const store = { useCloudParameterStore: "true", defaultIAMPermissions: "my-cells" };
const parsed = (cells: Record<string, string>) => parseProvider(providerYaml({ cells }));

describe("cells.useCloudParameterStore", () => {
	it("is off where nothing is said", () => {
		expect(parsed({}).config.cells.useCloudParameterStore).toBe(false);
		expect(parsed(store).config.cells.useCloudParameterStore).toBe(true);
	});

	it("needs an instance profile: a cell without a role reads no parameter", () => {
		const yaml = providerYaml({ cells: { useCloudParameterStore: "true" } });
		expect(inspectProvider(yaml, {}).faults).toMatchObject([
			{ path: "cells.defaultIAMPermissions", problem: expect.stringContaining("/kip/cells/") },
		]);
	});

	it.each([
		{ when: "no cloud-init waits for user data", over: {}, tokens: "required", warned: 0 },
		{
			when: "Elotl's cloud-init has a file to fetch",
			over: { cloudInitFile: "a.yaml" },
			tokens: "optional",
			warned: 0,
		},
		{
			when: "Elotl's cloud-init has a lifetime to fetch",
			over: { maxLifetime: "72h" },
			tokens: "optional",
			warned: 0,
		},
		{
			when: "Canonical's has",
			over: { cloudInitFile: "a.yaml", cloudInitFlavor: "canonical" },
			tokens: "required",
			warned: 0,
		},
		{
			when: "the operator will have it so",
			over: { cloudInitFile: "a.yaml", metadataTokens: "required" },
			tokens: "required",
			warned: 1,
		},
	])("leads to $tokens metadata tokens when $when", ({ over, tokens, warned }) => {
		const { config, warnings } = parsed({ ...store, ...over });
		expect(config.cells.metadataTokens).toBe(tokens);
		expect(warnings).toHaveLength(warned);
	});
});
