import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../shared/errors.ts";
import * as annotated from "../../shared/pods/annotations.ts";
import { annotationOf } from "../../shared/pods/annotations.ts";

const {
	cloudRoute,
	healthyTimeout,
	imageOverlayRootfs,
	instanceProfile,
	instanceType,
	launchType,
	privateIpOnly,
	securityGroups,
	volumeSize,
} = annotated;

const all = [
	cloudRoute,
	healthyTimeout,
	imageOverlayRootfs,
	instanceProfile,
	instanceType,
	launchType,
	privateIpOnly,
	securityGroups,
	volumeSize,
];

describe("annotationOf", () => {
	it.each([
		{ of: instanceType, text: "c5.large", value: "c5.large" },
		{ of: instanceType, text: "c5*", value: "c5*" },
		{ of: instanceType, text: "u-6tb1.metal", value: "u-6tb1.metal" },
		{ of: launchType, text: "spot", value: "spot" },
		{ of: launchType, text: "SPOT", value: "spot" },
		{ of: launchType, text: "on-demand", value: "ignored" },
		{ of: launchType, text: "", value: "ignored" },
		...["1", "t", "T", "TRUE", "true", "True"].map((text) => ({
			of: privateIpOnly,
			text,
			value: true,
		})),
		...["0", "f", "F", "FALSE", "false", "False"].map((text) => ({
			of: privateIpOnly,
			text,
			value: false,
		})),
		{ of: imageOverlayRootfs, text: "false", value: false },
		{ of: volumeSize, text: "200Gi", value: 200 },
		{ of: volumeSize, text: "20G", value: 19 },
		{ of: volumeSize, text: "1", value: 1 },
		{
			of: securityGroups,
			text: "sg-0a1b2c3d, sg-0123456789abcdef0,",
			value: ["sg-0a1b2c3d", "sg-0123456789abcdef0"],
		},
		{ of: securityGroups, text: "", value: [] },
		{ of: instanceProfile, text: "cell-role", value: "cell-role" },
		{
			of: instanceProfile,
			text: "arn:aws:iam::123456789012:instance-profile/cells/web",
			value: "arn:aws:iam::123456789012:instance-profile/cells/web",
		},
		{ of: healthyTimeout, text: "90", value: 90 },
		{ of: healthyTimeout, text: "90.9", value: 90 },
		{ of: healthyTimeout, text: "1.5e2", value: 150 },
		{ of: healthyTimeout, text: "-5", value: -5 },
		{ of: healthyTimeout, text: "-0.5", value: 0 },
		{ of: healthyTimeout, text: "+Inf", value: 0 },
		{ of: healthyTimeout, text: "NaN", value: 0 },
		{
			of: cloudRoute,
			text: " 10.20.0.0/16\t192.168.1.7/32 fd00::/8 ",
			value: ["10.20.0.0/16", "192.168.1.7/32", "fd00::/8"],
		},
		{ of: cloudRoute, text: "", value: [] },
	])("reads $of.key: $text", ({ of, text, value }) => {
		const faults: Fault[] = [];
		expect(annotationOf<unknown>(of, { [of.key]: text }, faults)).toEqual(value);
		expect(faults).toEqual([]);
	});

	it.each([
		...["", "m", "*", "t1.micro", "t1*", "c5 large", "mac2.metal", "MAC1.metal"].map((text) => ({
			of: instanceType,
			text,
		})),
		...["dedicated", "Dedicated"].map((text) => ({ of: launchType, text })),
		...["", "yes", "tRUE", " true"].map((text) => ({ of: privateIpOnly, text })),
		{ of: imageOverlayRootfs, text: "maybe" },
		...["", "200GiB", "1aa", "0", "-1Gi"].map((text) => ({ of: volumeSize, text })),
		...["default", "sg-1;sg-2"].map((text) => ({ of: securityGroups, text })),
		...["", "a b", "arn:aws:iam::123456789012:role/web"].map((text) => ({
			of: instanceProfile,
			text,
		})),
		...["", "90s", "0x10", "1e400", "3000000000", "1_000"].map((text) => ({
			of: healthyTimeout,
			text,
		})),
		...[
			"10.0.0.0",
			"10.0.0.0/33",
			"10.0.0/8",
			"fd00::/129",
			"10.0.0.0/8,10.1.0.0/16",
			"10.0.0.0/-1",
			"fe80::1%eth0/64",
		].map((text) => ({ of: cloudRoute, text })),
	])("refuses $of.key: $text, and names both", ({ of, text }) => {
		const faults: Fault[] = [];
		expect(annotationOf<unknown>(of, { [of.key]: text }, faults)).toBeUndefined();
		expect(faults).toEqual([
			{ path: `metadata.annotations["${of.key}"]`, value: text, problem: expect.any(String) },
		]);
	});

	it("says nothing of what isn't there", () => {
		const faults: Fault[] = [];
		for (const annotation of all) {
			expect(annotationOf<unknown>(annotation, { other: "x" }, faults)).toBeUndefined();
			expect(annotationOf<unknown>(annotation, null, faults)).toBeUndefined();
		}
		expect(faults).toEqual([]);
	});

	it("never throws, and cuts what it shows", () => {
		fc.assert(
			fc.property(fc.constantFrom(...all), fc.string({ unit: "binary" }), (annotation, text) => {
				annotationOf<unknown>(annotation, { [annotation.key]: text }, []);
			}),
		);
		for (const annotation of all) {
			const faults: Fault[] = [];
			annotationOf<unknown>(annotation, { [annotation.key]: "9 ".repeat(100_000) }, faults);
			expect(faults[0]?.value?.length).toBeLessThan(120);
		}
	});

	it("has a key of its own for each annotation", () => {
		expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
		expect(all).toHaveLength(Object.values(annotated).length - 2);
	});
});
