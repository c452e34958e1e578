import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deprecationOf } from "../../shared/images/deprecation.ts";
import { imageKey } from "../../shared/images/model.ts";
import { newestImage } from "../../shared/images/newest.ts";
import { rootDeviceOf } from "../../shared/images/root-device.ts";
import { volumeGibFor } from "../../shared/images/volume.ts";
import { anImage } from "../support/images.ts";

const mapping = (name: string, ebs: object) => ({
	name,
	ebs: {
		sizeGib: undefined,
		volumeType: undefined,
		iops: undefined,
		throughputMibps: undefined,
		...ebs,
	},
});

describe("rootDeviceOf", () => {
	// Kip's facts (TestGetRootDeviceVolumeSpecs), and what EC2 would refuse at launch.
	it.each([
		{
			when: "gp3 keeps size, IOPS and throughput",
			mappings: [
				mapping("/dev/xvda", { sizeGib: 5, volumeType: "gp3", iops: 4_000, throughputMibps: 200 }),
			],
			root: { sizeGib: 5, volumeType: "gp3", iops: 4_000, throughputMibps: 200 },
		},
		{
			when: "gp3 without IOPS",
			mappings: [mapping("/dev/xvda", { sizeGib: 5, volumeType: "gp3", throughputMibps: 200 })],
			root: { sizeGib: 5, volumeType: "gp3", throughputMibps: 200 },
		},
		{
			when: "gp3 without throughput",
			mappings: [mapping("/dev/xvda", { sizeGib: 5, volumeType: "gp3", iops: 4_000 })],
			root: { sizeGib: 5, volumeType: "gp3", iops: 4_000 },
		},
		{
			when: "io1 keeps its IOPS and has no throughput",
			mappings: [
				mapping("/dev/xvda", { sizeGib: 9, volumeType: "io1", iops: 300, throughputMibps: 125 }),
			],
			root: { sizeGib: 9, volumeType: "io1", iops: 300 },
		},
		{
			when: "gp2 reports IOPS that can't be asked for",
			mappings: [mapping("/dev/xvda", { sizeGib: 8, volumeType: "gp2", iops: 100 })],
			root: { sizeGib: 8, volumeType: "gp2" },
		},
		{
			when: "the root is the second mapping",
			mappings: [
				mapping("/dev/sdb", { sizeGib: 100, volumeType: "st1" }),
				mapping("/dev/xvda", { sizeGib: 8, volumeType: "gp3" }),
			],
			root: { sizeGib: 8, volumeType: "gp3" },
		},
		{
			when: "the root's mapping is missing",
			mappings: [mapping("/dev/sdb", { sizeGib: 100, volumeType: "st1" })],
			root: { sizeGib: 0, volumeType: "gp2" },
		},
		{
			when: "the root isn't an EBS volume",
			mappings: [{ name: "/dev/xvda", ebs: undefined }],
			root: { sizeGib: 0, volumeType: "gp2" },
		},
		{ when: "the list is empty", mappings: [], root: { sizeGib: 0, volumeType: "gp2" } },
		{
			when: "the mapping says nothing",
			mappings: [mapping("/dev/xvda", {})],
			root: { sizeGib: 0, volumeType: "gp2" },
		},
	])("$when", ({ mappings, root }) => {
		expect(rootDeviceOf("/dev/xvda", mappings)).toEqual({ name: "/dev/xvda", ...root });
	});
});

describe("volumeGibFor", () => {
	// The first two are Kip's (TestToSaneVolumeSize).
	it.each([
		{ wanted: 5, image: 2, size: 5 },
		{ wanted: 5, image: 10, size: 10 },
		{ wanted: 0, image: 10, size: 10 },
		{ wanted: 5, image: 0, size: 5 },
		{ wanted: 0, image: 0, size: 8 },
	])("is $size for an image of $image and a wish of $wanted", ({ wanted, image, size }) => {
		const rootDevice = { name: "/dev/xvda", sizeGib: image, volumeType: "gp3" };
		expect(volumeGibFor(wanted, anImage({ rootDevice }))).toBe(size);
	});
});

describe("newestImage", () => {
	const now = new Date("2026-06-01T00:00:00.000Z");
	const made = (imageId: string, createdAt: string, deprecationTime?: string) =>
		anImage({ imageId, createdAt, ...(deprecationTime === undefined ? {} : { deprecationTime }) });

	it.each([
		{
			when: "one is newer",
			images: [
				made("ami-a", "2025-01-01T00:00:00.000Z"),
				made("ami-b", "2026-01-01T00:00:00.000Z"),
			],
			newest: "ami-b",
		},
		{
			when: "two are of the same moment: the first id",
			images: [
				made("ami-b", "2026-01-01T00:00:00.000Z"),
				made("ami-a", "2026-01-01T00:00:00.000Z"),
			],
			newest: "ami-a",
		},
		{
			when: "one has no readable date: it loses",
			images: [made("ami-a", "yesterday"), made("ami-b", "2020-01-01T00:00:00.000Z")],
			newest: "ami-b",
		},
		{ when: "none has a date", images: [made("ami-b", ""), made("ami-a", "")], newest: "ami-a" },
		{
			when: "the newer one is deprecated",
			images: [
				made("ami-a", "2025-01-01T00:00:00.000Z"),
				made("ami-b", "2026-01-01T00:00:00.000Z", "2026-05-31T00:00:00.000Z"),
			],
			newest: "ami-a",
		},
		{
			when: "the newer one will be deprecated",
			images: [
				made("ami-a", "2025-01-01T00:00:00.000Z"),
				made("ami-b", "2026-01-01T00:00:00.000Z", "2026-06-02T00:00:00.000Z"),
			],
			newest: "ami-b",
		},
		{
			when: "all are deprecated",
			images: [
				made("ami-a", "2024-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
				made("ami-b", "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z"),
			],
			newest: "ami-b",
		},
		{ when: "there is none", images: [], newest: undefined },
	])("is $newest when $when", ({ images, newest }) => {
		expect(newestImage(images, now)?.imageId).toBe(newest);
	});

	it("does not depend on the order in which EC2 lists them", () => {
		const images = ["", "x", "2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"].flatMap(
			(at) => [made(`ami-1${at.length}`, at), made(`ami-2${at.length}`, at)],
		);
		const all = { minLength: images.length };
		fc.assert(
			fc.property(fc.shuffledSubarray(images, all), (shuffled) => {
				expect(newestImage(shuffled, now)).toEqual(newestImage(images, now));
			}),
		);
	});
});

describe("deprecationOf", () => {
	const now = new Date("2026-06-01T00:00:00.000Z");

	it.each([
		{ at: undefined, is: undefined },
		{ at: "some day", is: undefined },
		{ at: "2026-06-01T00:00:00.000Z", is: "passed" },
		{ at: "2026-06-01T00:00:00.001Z", is: "near" },
		{ at: "2026-07-01T00:00:00.000Z", is: "near" },
		{ at: "2026-07-01T00:00:00.001Z", is: undefined },
	])("of an image with the time $at is $is", ({ at, is }) => {
		expect(deprecationOf(at === undefined ? {} : { deprecationTime: at }, now)).toBe(is);
	});
});

describe("imageKey", () => {
	it.each([
		{ one: { owners: "a b" }, other: { owners: " b  a\n" }, same: true },
		{ one: {}, other: { owners: " " }, same: true },
		{ one: { owners: "a" }, other: { owners: "b" }, same: false },
		{ one: { owners: "a" }, other: { imageIDs: "a" }, same: false },
	])("of $one and $other: the same is $same", ({ one, other, same }) => {
		expect(imageKey(one, "arm64") === imageKey(other, "arm64")).toBe(same);
	});

	it("tells architectures apart", () => {
		expect(imageKey({}, "arm64")).not.toBe(imageKey({}, "x86_64"));
	});
});
