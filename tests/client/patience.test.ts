import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, launchPod, watchPods } from "../../client/index.ts";
import { patience, patientHandler } from "../../client/patience.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { swallowing } from "../support/swallowing-server.ts";

const pod = { metadata: { name: "a" }, spec: { containers: [{ name: "a", image: "a" }] } };

/** Named here, as CELLWRIGHT_DEPLOYMENT may name another. */
const deployment = "cellwright-dev";

const launching = {
	what: "the queue cellwright-dev-pod-scheduled",
	code: "QueueUnreachable",
	attempts: 3,
	work: async (options: ClientOptions) => void (await launchPod(pod, { deployment, ...options })),
};
const watching = {
	what: "the table cellwright-dev-cells",
	code: "TableUnreachable",
	attempts: 4,
	work: async (options: ClientOptions) =>
		void (await watchPods(["a"], { deployment, ...options }).next()),
};

afterEach(() => vi.useRealTimers());

describe.each([launching, watching])("$what, when it takes requests and gives no answer", (way) => {
	it("is given up after as many attempts, each as long, as the caller's settings say", async () => {
		const { settings } = await swallowing();
		const hasty = { ...settings, maxAttempts: 2, requestHandler: { requestTimeout: 30 } };
		const work = way.work({ sqs: hasty, dynamodb: hasty });
		await expect(work).rejects.toMatchObject({
			code: way.code,
			kind: "unavailable",
			cause: { name: "TimeoutError", $metadata: { attempts: 2 } },
		});
		await expect(work).rejects.toThrow(`${way.what} can't be reached (it gives no answer); check`);
	});

	it("is given up where it has begun to answer and stops", async () => {
		const { settings } = await swallowing("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
		const hasty = { ...settings, maxAttempts: 1, requestHandler: { requestTimeout: 200 } };
		const work = way.work({ sqs: hasty, dynamodb: hasty });
		await expect(work).rejects.toMatchObject({ code: way.code });
	});

	it(`is given up after ${way.attempts} attempts of 15 s where nothing was said`, async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const { settings, asked, requests } = await swallowing();
		let isOver = false;
		const work = way.work({ sqs: settings, dynamodb: settings }).finally(() => {
			isOver = true;
		});
		const told = expect(work).rejects.toMatchObject({ code: way.code });
		for (let attempt = 1; attempt <= way.attempts; attempt++) {
			await asked(attempt);
			await vi.advanceTimersByTimeAsync(14_000);
			expect([requests(), isOver]).toEqual([attempt, false]);
			// The rest, and the short pause before the next attempt.
			while (requests() === attempt && !isOver) await vi.advanceTimersByTimeAsync(100);
		}
		await told;
	});
});

describe("a request handler", () => {
	it("has our limits where it names none, and its own otherwise", () => {
		expect(patientHandler()).toEqual(patience);
		expect(patientHandler({ requestTimeout: undefined })).toEqual(patience);
		expect(patientHandler({ connectionTimeout: 1, throwOnRequestTimeout: false })).toEqual({
			...patience,
			connectionTimeout: 1,
			throwOnRequestTimeout: false,
		});
	});

	it("may be silent for as long as its answer may take", () => {
		expect(patientHandler({ requestTimeout: 60_000 })).toMatchObject({ socketTimeout: 60_000 });
	});

	it("that is the caller's own is used as it is", () => {
		const { requestHandler } = new SQSClient(laptopAws).config;
		expect(patientHandler(requestHandler)).toBe(requestHandler);
	});
});
