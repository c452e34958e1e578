import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { dynamodbBootTimes } from "../../shared/images/boot-times.dynamodb.ts";
import { firstCheckSecondsAfter } from "../../shared/images/boot-times.ts";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { imageKey } from "../../shared/images/model.ts";
import { Architecture } from "../../shared/offerings/model.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

const { signal } = new AbortController();
const firstCheckSeconds = 6;
let watched: Awaited<ReturnType<typeof watchedStack>>;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
	watched = await watchedStack({ firstCheckSeconds });
	dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: watched.stack.endpoints.dynamodb });
});
afterAll(async () => {
	dynamodb.destroy();
	await watched.stack.stop();
});

/** A pod's cell once it is ready, and how long its first answer took, as the record tells. */
const born = async (uid: string) => {
	await watched.stack.enqueue(podScheduledBody(uid));
	const { plan, stages } = await watched.cell(uid, "Ready");
	const answerMs = Date.parse(stages.answeredAt ?? "") - Date.parse(stages.acceptedAt);
	return { plan, answerMs };
};

describe("the second cell of a kind", () => {
	it("is looked at by what the first has shown, and the third by both", async () => {
		const times = dynamodbBootTimes(dynamodb, names.images, () => new Date());
		/** When the next one is to be looked at, once so many births are known; how quick they were is the machine's affair. */
		const next = async ({ plan }: Awaited<ReturnType<typeof born>>, count: number) => {
			const seen = async () =>
				await times.seen(plan.image.imageId, plan.offering.instanceType, signal);
			await expect.poll(seen, { timeout: 60_000 }).toHaveLength(count);
			return firstCheckSecondsAfter(await seen(), firstCheckSeconds);
		};

		const first = await born("learn-1");
		expect(first.plan.firstCheckSeconds).toBe(firstCheckSeconds);
		// It had been up long before anybody looked.
		expect(first.answerMs).toBeGreaterThan(0.9 * firstCheckSeconds * 1_000);

		const byOne = await next(first, 1);
		const second = await born("learn-2");
		expect(second.plan.firstCheckSeconds).toBe(byOne);
		expect(second.plan).toMatchObject({
			image: { imageId: first.plan.image.imageId },
			offering: { instanceType: first.plan.offering.instanceType },
		});

		const byTwo = await next(second, 2);
		const third = await born("learn-3");
		expect(third.plan.firstCheckSeconds).toBe(byTwo);
	});
});

describe("the boot images", () => {
	it("are cached by the schedule, for every architecture that provider.yaml names", async () => {
		const { bootImages } = watched.stack.provider.config.cells;
		const cache = dynamodbImageCache(dynamodb, names.images);
		for (const architecture of Architecture.options) {
			const key = imageKey(bootImages[architecture] ?? {}, architecture);
			const before = await cache.get(key, signal);
			expect(before?.image.architecture).toBe(architecture);
			await watched.stack.functions.images.invoke({ source: "test" });
			const after = await cache.get(key, signal);
			expect(after?.image).toEqual(before?.image);
			expect(Date.parse(after?.refreshedAt ?? "")).toBeGreaterThan(
				Date.parse(before?.refreshedAt ?? ""),
			);
		}
	});
});
