import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { catalogueOf } from "../../../shared/offerings/catalogue.ts";

const folder = mkdtempSync(join(tmpdir(), "catalogue-"));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (name: string, over: object = {}) => ({
	name,
	vcpus: 2,
	memoryMiB: 8_192,
	architectures: ["x86_64"],
	burstable: false,
	hypervisor: "nitro",
	usageClasses: ["on-demand", "spot"],
	maxNetworkInterfaces: 3,
	ipv4PerInterface: 10,
	networkBaselineGbps: 0.75,
	networkPeakGbps: 10,
	localStorageGB: 0,
	...over,
});

/** Runs the script over these types, all sold in one zone at 0.1 USD/h unless told. */
function catalogueFrom(
	records: readonly ReturnType<typeof record>[],
	prices: Readonly<Record<string, number>> = {},
	zones: Readonly<Record<string, readonly string[]>> = {},
) {
	const each = (value: unknown) => Object.fromEntries(records.map(({ name }) => [name, value]));
	const write = (file: string, content: unknown) =>
		writeFileSync(join(folder, file), JSON.stringify(content));
	write("instance-types.json", records);
	write("prices.json", { ...each(0.1), ...prices });
	write("offerings.json", { ...each(["use1-az2"]), ...zones });
	write("zones.json", { "use1-az2": "us-east-1a" });
	const out = join(folder, "catalogue.json");
	execFileSync(process.execPath, ["infra/catalogue/snapshot.ts", folder, out], { stdio: "pipe" });
	return catalogueOf(JSON.parse(readFileSync(out, "utf8")), "us-east-1").types;
}

describe("the snapshot script", () => {
	it("keeps what is sold, priced, boots and has two addresses", () => {
		const types = catalogueFrom(
			[
				record("z9.large"),
				record("m5.large", { architectures: ["i386", "x86_64"] }),
				record("m7g.large", { architectures: ["arm64"] }),
				record("t1.micro"),
				record("mac1.metal", { architectures: ["x86_64_mac"] }),
				record("one.address", { ipv4PerInterface: 1 }),
				record("no.price"),
				record("no.zone"),
			],
			{ "no.price": 0 },
			{ "no.zone": [] },
		);
		expect(types.map(({ name, architecture }) => `${name} ${architecture}`)).toEqual([
			"m5.large x86_64",
			"m7g.large arm64",
			"z9.large x86_64",
		]);
	});

	it("reads credits, slices, accelerators and local storage", () => {
		const [accelerated, sliced, stored, burstable] = catalogueFrom([
			record("a.large", {
				accelerators: [
					{ kind: "neuron", count: 2, manufacturer: "AWS", name: "Trainium", memoryMiB: 32_768 },
				],
			}),
			record("b.large", {
				gpus: [{ count: 0, manufacturer: "NVIDIA", name: "L4", memoryMiB: 2_861, logicalCount: 1 }],
			}),
			record("c.large", { localStorageGB: 475, localStorageType: "ssd", localStorageNvme: true }),
			record("d.large", { burstable: true, baselineVcpus: 0.6, unlimitedUsdPerVcpuHour: 0.05 }),
		]);
		expect(accelerated?.device).toMatchObject({ kind: "neuron", count: 2, slices: 0 });
		expect(sliced?.device).toMatchObject({ kind: "gpu", count: 0, slices: 1 });
		expect(stored).toMatchObject({ localStorage: "nvme-ssd", localStorageGb: 475 });
		expect(burstable?.burstable).toEqual({ baselineMillis: 600, surchargeMicroUsd: 50 });
	});

	it("refuses a burstable type without its baseline", () => {
		expect(() => catalogueFrom([record("t9.nano", { burstable: true })])).toThrow(/t9\.nano/);
	});
});
