import { describe, expect, it } from "vitest";
import { bundled, functionNames } from "../../infra/bundle.ts";

describe("the bundles of the functions", () => {
	it.each(functionNames)("%s is one module that needs nothing beside Node", async (name) => {
		const { text, sourceMap } = await bundled(name);
		const imports = [...text.matchAll(/(?:^|[;}])import(?:[^"'()]*?from)?["']([^"']+)["']/g)];
		expect(imports.map(([, module]) => module)).toEqual([]);
		// What esbuild makes of a `require` that it can't resolve.
		expect(text).not.toContain("Dynamic require");
		expect(text).toContain("process.getBuiltinModule");
		expect(JSON.parse(sourceMap)).toHaveProperty("sources");
	});

	it("readiness, in the VPC, carries no EC2 client", async () => {
		const [launch, readiness] = [await bundled("launch"), await bundled("readiness")];
		expect(launch.text).toContain("RunInstances");
		expect(readiness.text).not.toMatch(/RunInstances|ec2\./);
	});

	it.each([
		{ name: "launch", minifiedKb: 700, gzippedKb: 195 },
		{ name: "readiness", minifiedKb: 300, gzippedKb: 110 },
	] as const)("$name keeps to its size", async ({ name, minifiedKb, gzippedKb }) => {
		const provider = { path: "provider.yaml", region: "us-east-1" };
		const { text, gzippedBytes } = await bundled(name, { provider });
		expect(text.length).toBeLessThanOrEqual(minifiedKb * 1000);
		expect(gzippedBytes).toBeLessThanOrEqual(gzippedKb * 1000);
	});

	it("leave out the shapes of operations that nobody calls, and descriptions", async () => {
		const [careful, careless] = [await bundled("launch"), await bundled("launch", { care: false })];
		expect(careless.text).toContain("AcceptAddressTransfer");
		expect(careful.text).not.toContain("AcceptAddressTransfer");
		expect(careless.text).toContain("Region of the cells");
		expect(careful.text).not.toContain("Region of the cells");
		expect(careful.text.length).toBeLessThan(0.6 * careless.text.length);
	});
});
