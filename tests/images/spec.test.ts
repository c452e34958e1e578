import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageOwners, imageQuery, imageSpecFaults } from "../../shared/images/spec.ts";

const ours = [
	{ Name: "state", Values: ["available"] },
	{ Name: "architecture", Values: ["x86_64"] },
];
const elotlName = { Name: "name", Values: ["elotl-kip-*"] };

describe("imageQuery", () => {
	// The first three are Kip's own cases (TestBootImageSpecToDescribeImagesInput).
	it.each([
		{
			when: "the spec is empty: Elotl's images",
			spec: {},
			query: { Owners: ["689494258501"], Filters: [elotlName, ...ours] },
		},
		{
			when: "only a filter is given: no owner is added",
			spec: { filters: "name=elotl-kip-*" },
			query: { Filters: [elotlName, ...ours] },
		},
		{
			when: "ids, owners and two filters are given",
			spec: {
				imageIDs: "ami-123 ami-456 ami-789",
				owners: "12345 9999999",
				filters: "name=elotl-kip-* tag-key=elotl-image-tag",
			},
			query: {
				ImageIds: ["ami-123", "ami-456", "ami-789"],
				Owners: ["12345", "9999999"],
				Filters: [elotlName, { Name: "tag-key", Values: ["elotl-image-tag"] }, ...ours],
			},
		},
		{
			when: "all its values are blank: as if it were empty",
			spec: { owners: "  ", filters: "" },
			query: { Owners: ["689494258501"], Filters: [elotlName, ...ours] },
		},
		{
			when: "a filter has several values",
			spec: { filters: "name=a,b" },
			query: { Filters: [{ Name: "name", Values: ["a", "b"] }, ...ours] },
		},
		{
			when: "a filter's value holds an equals sign",
			spec: { filters: "tag:role=a=b" },
			query: { Filters: [{ Name: "tag:role", Values: ["a=b"] }, ...ours] },
		},
		{
			when: "words stand between tabs and lines",
			spec: { executableUsers: " self\n\tall " },
			query: { ExecutableUsers: ["self", "all"], Filters: ours },
		},
		{
			when: "the operator asks for state and architecture: ours stand",
			spec: { filters: "state=pending architecture=arm64,x86_64 name=x" },
			query: { Filters: [{ Name: "name", Values: ["x"] }, ...ours] },
		},
	])("$when", ({ spec, query }) => {
		expect(imageQuery(spec, "x86_64")).toEqual(query);
	});

	it("asks for the architecture that is wanted", () => {
		expect(imageQuery({}, "arm64").Filters).toContainEqual({
			Name: "architecture",
			Values: ["arm64"],
		});
	});

	it("refuses a filter that isn't name=value, which crashes Kip", () => {
		expect(() => imageQuery({ filters: "name=a broken" }, "x86_64")).toThrow(
			expect.objectContaining({
				kind: "invalid",
				reason: "InvalidImageSpec",
				faults: [expect.objectContaining({ path: "bootImageSpec.filters", value: "broken" })],
			}),
		);
	});

	it("keeps every word of every list", () => {
		const word = fc.stringMatching(/^[a-z0-9*:_-]{1,12}$/);
		const list = fc.array(word, { minLength: 1, maxLength: 5 });
		fc.assert(
			fc.property(list, list, (owners, names) => {
				const filters = names.map((name) => `tag:${name}=${name}`).join(" ");
				const query = imageQuery({ owners: owners.join("  "), filters }, "x86_64");
				expect(query.Owners).toEqual(owners);
				expect(query.Filters.slice(0, -2).map(({ Values }) => Values)).toEqual(
					names.map((name) => [name]),
				);
			}),
		);
	});
});

describe("imageSpecFaults", () => {
	it.each([
		{ filters: "name", problem: /name=value/ },
		{ filters: "=x", problem: /name=value/ },
		{ filters: "name=", problem: /empty values/ },
		{ filters: "name=a,,b", problem: /empty values/ },
		{ filters: "architecture=arm64", problem: /x86_64/ },
	])("finds what is wrong with $filters", ({ filters, problem }) => {
		expect(imageSpecFaults({ filters }, "x86_64", "cells.bootImageSpec")).toEqual([
			{
				path: "cells.bootImageSpec.filters",
				value: filters,
				problem: expect.stringMatching(problem),
			},
		]);
	});

	it("finds every wrong filter, and nothing in a right one", () => {
		expect(
			imageSpecFaults({ filters: "a b=c d" }, "x86_64", "x").map(({ value }) => value),
		).toEqual(["a", "d"]);
	});
});

describe("imageOwners", () => {
	it.each([
		{ spec: {}, owners: ["689494258501"] },
		{ spec: { owners: "self 099720109477" }, owners: ["self", "099720109477"] },
		{ spec: { filters: "name=x" }, owners: [] },
	])("of $spec are $owners", ({ spec, owners }) => {
		expect(imageOwners(spec)).toEqual(owners);
	});
});
