import { describe, expect, it } from "vitest";
import { imagesHandler } from "../../functions/images/handler.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import { anImage } from "../support/cells.ts";
import { providerYaml } from "../support/provider-yaml.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 };
const { config } = parseProvider(providerYaml());

const handlerOver = (find: () => Promise<readonly ReturnType<typeof anImage>[]>) => {
	const lines: string[] = [];
	const put: unknown[] = [];
	const handler = imagesHandler({
		images: { find },
		imageCache: { get: async () => undefined, put: async (_key, cached) => void put.push(cached) },
		config,
		now: () => new Date(),
		log: aLog(lines),
		metrics: someMetrics(lines),
	});
	// A schedule's event has nothing that is used.
	return { lines, put, invoke: async () => handler({}, context as never) };
};

describe("the images function", () => {
	it("ends well when the cache is fresh", async () => {
		const { invoke, put } = handlerOver(async () => [anImage()]);
		await invoke();
		expect(put).toMatchObject([{ image: anImage() }]);
	});

	it("fails its invocation when it could not refresh, and says why once", async () => {
		const { invoke, lines } = handlerOver(() => Promise.reject(new Error("EC2 is away")));
		await expect(invoke()).rejects.toThrow("EC2 is away");
		const errors = lines.filter((line) => line.includes('"level":"error"'));
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain("EC2 is away");
	});
});
