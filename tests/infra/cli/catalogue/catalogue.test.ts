import { describe, expect, it } from "vitest";
import {
	type OfferedType,
	offeredType,
	sortedTypes,
	type TypeFilter,
	typesThat,
} from "../../../../infra/cli/catalogue/offered-type.ts";
import { type InstanceType, packagedCatalogue } from "../../../../shared/offerings/catalogue.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";

const types = packagedCatalogue("us-east-1").types;
const named = (name: string): InstanceType => {
	const found = types.find((type) => type.name === name);
	if (found === undefined) throw new RangeError(`${name} must be sold`);
	return found;
};

const few = ["t3.small", "m5.large", "m6g.large", "g4dn.xlarge", "inf1.xlarge", "g6f.large"]
	.map(named)
	.map(offeredType);
const namesOf = (shown: readonly OfferedType[]) => shown.map(({ instanceType }) => instanceType);

const catalogue = async (...args: readonly string[]) =>
	await cellwright(await emptyFolder(), "catalogue", ...args);

describe("what is offered", () => {
	it("has the cheapest zone's price on spot, where prices are known", () => {
		const priced = {
			...named("m5.large"),
			spotMicroUsd: { "use1-az1": 41_000, "use1-az2": 39_500 },
		};
		expect(offeredType(priced)).toMatchObject({
			onDemandHourlyUsd: 0.096,
			spotHourlyUsd: 0.0395,
			spotZoneId: "use1-az2",
		});
		expect(offeredType(named("m5.large"))).not.toHaveProperty("spotHourlyUsd");
	});

	it.each<{ filter: Partial<TypeFilter>; shown: readonly string[] }>([
		{ filter: { names: ["m*"] }, shown: ["m5.large", "m6g.large"] },
		{ filter: { names: ["t3.small", "inf*"] }, shown: ["t3.small", "inf1.xlarge"] },
		{ filter: { architecture: "arm64" }, shown: ["m6g.large"] },
		{ filter: { minCpuMillis: 2_001 }, shown: ["g4dn.xlarge", "inf1.xlarge"] },
		{
			filter: { minMemoryMib: 8_192 },
			shown: ["m5.large", "m6g.large", "g4dn.xlarge", "inf1.xlarge", "g6f.large"],
		},
		{ filter: { gpu: true }, shown: ["g4dn.xlarge", "g6f.large"] },
	])("is $shown with $filter", ({ filter, shown }) => {
		expect(namesOf(typesThat(few, { names: [], ...filter }))).toEqual(shown);
	});

	it("is sorted by price, and what has no price on spot comes last by spot", () => {
		const [first = few[0]] = few;
		if (first === undefined) throw new RangeError("there are some");
		const cheap = { ...first, instanceType: "z", onDemandHourlyUsd: 9, spotHourlyUsd: 0.001 };
		expect(namesOf(sortedTypes([...few, cheap], "price"))[0]).toBe("t3.small");
		expect(namesOf(sortedTypes([...few, cheap], "spot")).slice(0, 2)).toEqual(["z", "t3.small"]);
	});
});

describe("npx cellwright catalogue", () => {
	it("says where prices come from, and fits 120 columns", async () => {
		const { code, stdout, stderr } = await catalogue("--limit", "0");
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^ {2}catalogue +packaged, .* old$/m);
		expect(stdout).toMatch(/^ {2}on demand +2\d{3}-\d\d-\d\d: AWS/m);
		expect(stdout).toContain(`${types.length} of ${types.length} types that match`);
		expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
	});

	it("is for programs as well", async () => {
		const { stdout } = await catalogue("m5.*", "--limit", "2", "--output", "json");
		expect(JSON.parse(stdout)).toMatchObject({
			region: "us-east-1",
			matching: types.filter(({ name }) => name.startsWith("m5.")).length,
			types: [{ instanceType: "m5.large", vcpus: 2, memoryMib: 8_192 }, {}],
		});
	});

	it("names every wrong option", async () => {
		const { code, stderr } = await catalogue(
			"--min-cpu",
			"two",
			"--min-memory",
			"x",
			"--limit",
			"a",
		);
		expect(code).toBe(2);
		for (const option of ["--min-cpu", "--min-memory", "--limit"]) expect(stderr).toContain(option);
	});
});
