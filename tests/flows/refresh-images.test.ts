import { describe, expect, it } from "vitest";
import { parseProvider } from "../../shared/config/provider.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { refreshImages } from "../../shared/flows/refresh-images.ts";
import { type CachedImage, type Image, imageKey } from "../../shared/images/model.ts";
import type { Architecture } from "../../shared/offerings/model.ts";
import { anImage, morning, secondsLater } from "../support/cells.ts";
import { providerYaml } from "../support/provider-yaml.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
const { config } = parseProvider(
	providerYaml({ cells: { bootImageSpecs: "{amd64: {owners: self}, arm64: {owners: amazon}}" } }),
);
const amd64 = imageKey({ owners: "self" }, "x86_64");
const arm64 = imageKey({ owners: "amazon" }, "arm64");
const away = new ProvisionerError("unavailable", "ImageLookupFailed", "EC2 is away");

/** A day after the cache was filled, EC2 answers each architecture as told; an error is thrown. */
function world(ec2: Partial<Record<Architecture, readonly Image[] | Error>>) {
	const lines: string[] = [];
	const old = (architecture: Architecture): CachedImage => ({
		image: anImage({ imageId: "ami-old", architecture }),
		refreshedAt: morning.toISOString(),
	});
	const cache = new Map([
		[amd64, old("x86_64")],
		[arm64, old("arm64")],
	]);
	const now = secondsLater(86_400);
	const ports = {
		images: {
			find: async (_spec: unknown, architecture: Architecture) => {
				const answer = ec2[architecture] ?? [];
				if (answer instanceof Error) throw answer;
				return answer;
			},
		},
		imageCache: {
			get: async (key: string) => cache.get(key),
			put: async (key: string, cached: CachedImage) => void cache.set(key, cached),
		},
		config,
		now: () => now,
		log: aLog(lines),
		metrics: someMetrics(lines),
	};
	const observed = (metric: string): [string, number][] =>
		lines
			.map((line) => JSON.parse(line))
			.filter((line) => metric in line)
			.map((line) => [line.Architecture, line[metric]]);
	return { ports, cache, lines, now, observed };
}

const found = (architecture: Architecture, over: Partial<Image> = {}) => [
	anImage({ imageId: "ami-new", architecture, ...over }),
];

describe("refreshing the boot images", () => {
	it("writes what EC2 lists now for every architecture that provider.yaml names", async () => {
		const { ports, cache, now, observed } = world({
			x86_64: found("x86_64"),
			arm64: found("arm64"),
		});
		await refreshImages(ports, signal);
		for (const key of [amd64, arm64])
			expect(cache.get(key)).toMatchObject({
				image: { imageId: "ami-new" },
				refreshedAt: now.toISOString(),
			});
		expect(observed("CachedImageAgeSeconds")).toEqual([
			["x86_64", 0],
			["arm64", 0],
		]);
		expect(observed("ImagesDeprecated")).toEqual([]);
	});

	it("looks up nothing for an architecture without a spec, and fills an empty cache", async () => {
		const { ports, cache } = world({ x86_64: found("x86_64"), arm64: away });
		cache.clear();
		const only = parseProvider(providerYaml({ cells: { bootImageSpec: "{owners: self}" } }));
		await refreshImages({ ...ports, config: only.config }, signal);
		expect([...cache.keys()]).toEqual([amd64]);
	});

	it("says when the image is another one than before, and only then", async () => {
		const { ports, lines } = world({ x86_64: found("x86_64"), arm64: found("arm64") });
		await refreshImages(ports, signal);
		await refreshImages(ports, signal);
		const changes = lines.filter((line) => line.includes("boot image changed"));
		expect(changes.map((line) => JSON.parse(line))).toMatchObject([
			{ architecture: "x86_64", before: "ami-old", imageId: "ami-new" },
			{ architecture: "arm64", before: "ami-old", imageId: "ami-new" },
		]);
	});

	it("keeps the old entry when EC2 fails, tells its age, refreshes the others, and fails", async () => {
		const { ports, cache, observed } = world({ x86_64: away, arm64: found("arm64") });
		await expect(refreshImages(ports, signal)).rejects.toBe(away);
		expect(cache.get(amd64)).toMatchObject({
			image: { imageId: "ami-old" },
			refreshedAt: morning.toISOString(),
		});
		expect(cache.get(arm64)).toMatchObject({ image: { imageId: "ami-new" } });
		expect(observed("CachedImageAgeSeconds").toSorted()).toEqual([
			["arm64", 0],
			["x86_64", 86_400],
		]);
	});

	it("keeps the old entry when EC2 lists nothing any more, and fails with what to look at", async () => {
		const { ports, cache } = world({ x86_64: found("x86_64") });
		await expect(refreshImages(ports, signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "NoImage",
		});
		expect(cache.get(arm64)).toMatchObject({ image: { imageId: "ami-old" } });
	});

	it("tells every failure", async () => {
		const { ports } = world({ x86_64: away, arm64: [] });
		await expect(refreshImages(ports, signal)).rejects.toMatchObject({
			name: "AggregateError",
			message: expect.stringMatching(/EC2 is away.*arm64.*"owners":"amazon"/),
		});
	});

	it("emits no age for an image that was never cached", async () => {
		const { ports, cache, observed } = world({ x86_64: away, arm64: away });
		cache.clear();
		await expect(refreshImages(ports, signal)).rejects.toThrow("EC2 is away");
		expect(observed("CachedImageAgeSeconds")).toEqual([]);
	});

	it.each([
		{ deprecation: "passed", deprecationTime: morning.toISOString() },
		{ deprecation: "near", deprecationTime: secondsLater(20 * 86_400).toISOString() },
	])("uses an image whose deprecation is $deprecation, and warns", async (deprecated) => {
		const { deprecationTime } = deprecated;
		const { ports, cache, observed, lines } = world({
			x86_64: found("x86_64", { deprecationTime }),
			arm64: found("arm64"),
		});
		await refreshImages(ports, signal);
		expect(cache.get(amd64)?.image).toMatchObject({ imageId: "ami-new", deprecationTime });
		expect(observed("ImagesDeprecated")).toEqual([["x86_64", 1]]);
		const warnings = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "warn");
		expect(warnings).toMatchObject([{ message: "boot image deprecated", ...deprecated }]);
	});
});
