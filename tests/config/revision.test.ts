import { describe, expect, it } from "vitest";
import { parseProvider } from "../../shared/config/provider.ts";
import { revisionOf } from "../../shared/config/revision.ts";
import { providerYaml } from "../support/provider-yaml.ts";

const revision = (cells: Record<string, string>, cloudInit?: string): string =>
	revisionOf(parseProvider(providerYaml({ cells })).config, cloudInit);

describe("revisionOf", () => {
	it("is twelve hexadecimal digits", () => {
		expect(revision({})).toMatch(/^[0-9a-f]{12}$/);
	});

	it("stays the same for the same configuration, in whatever order it is written", () => {
		const one = revision({ cellConfig: "{a: x, b: y}", nametag: "shop" });
		expect(revision({ nametag: "shop", cellConfig: "{b: y, a: x}" })).toBe(one);
	});

	it("stays the same for the default as for the same value written down", () => {
		expect(revision({ defaultVolumeSize: "5Gi" })).toBe(revision({}));
	});

	it.each([
		{ what: "a time-out", cells: { bootTimeoutSeconds: "600", capacityTimeoutSeconds: "60" } },
		{ what: "the cloud-init file's name", cells: { cloudInitFile: "other.yaml" } },
	])("does not change with $what", ({ cells }) => {
		expect(revision(cells)).toBe(revision({}));
	});

	it.each([
		{ what: "the volume's size", cells: { defaultVolumeSize: "6Gi" } },
		{ what: "the agent's version", cells: { itzo: "{version: v1.2.1}" } },
		{ what: "the launcher's settings", cells: { cellConfig: "{a: b}" } },
		{ what: "the image", cells: { bootImageSpec: "{owners: self}" } },
		{ what: "the certificates' lifetime", cells: { certificateLifetimeDays: "7" } },
		{ what: "the name tag", cells: { nametag: "other" } },
		{ what: "the instance profile", cells: { defaultIAMPermissions: "other" } },
	])("changes with $what", ({ cells }) => {
		expect(revision(cells)).not.toBe(revision({}));
	});

	it("changes with the cloud-init file's content", () => {
		expect(revision({}, "#cloud-config\n")).not.toBe(revision({}, undefined));
		expect(revision({}, "#cloud-config\n")).not.toBe(revision({}, "#cloud-config\na: 1\n"));
	});
});
