import type { Context, SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { readinessHandler } from "../../functions/readiness/handler.ts";
import { cellCheckBody } from "../../shared/agent/model.ts";
import { aBootingCell, anInstance, morning } from "../support/cells.ts";
import { generousRules } from "../support/life-ports.ts";
import { memoryCells } from "../support/memory-cells.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
/** The function's own deadline comes three seconds before Lambda's. */
const context = {
	awsRequestId: "request-1",
	getRemainingTimeInMillis: () => 3_050,
} as Context;

const checkOf = (podUid: string) =>
	({
		messageId: `message-${podUid}`,
		receiptHandle: "",
		body: cellCheckBody(podUid, 1),
		attributes: { ApproximateReceiveCount: "1" },
	}) as SQSRecord;

describe("a batch of checks", () => {
	it("isn't delayed by a cell that hangs, which comes back when the run is over", async () => {
		const cells = memoryCells();
		for (const [uid, address] of [
			["hangs", "10.0.0.1"],
			["quick", "10.0.0.2"],
		] as const)
			await cells.claim(aBootingCell(uid, anInstance({ address })), signal);
		const readyBeforeEnd: boolean[] = [];
		const handler = readinessHandler({
			cells,
			agent: {
				async ping(address, _fingerprint, _credentials, until) {
					if (address === "10.0.0.2") return { answer: "pong" };
					return await new Promise((resolve) => {
						until.addEventListener("abort", async () => {
							readyBeforeEnd.push((await cells.get("quick", signal))?.phase === "Ready");
							resolve({ answer: "silent", detail: "timed out" });
						});
					});
				},
			},
			clientCredentials: {
				get: async () => ({
					caPem: "",
					certificatePem: "",
					keyPem: "",
					expiresAt: new Date("2027-01-01"),
				}),
				put: async () => {},
			},
			bootTimes: { add: async () => {} },
			bootTimeoutSeconds: 1_200,
			launchTimeoutSeconds: 900,
			rules: generousRules,
			now: () => morning,
			pause: async () => {},
			log: aLog(),
			metrics: someMetrics(),
		});
		const answer = await handler({ Records: [checkOf("hangs"), checkOf("quick")] }, context);
		expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-hangs" }] });
		expect(readyBeforeEnd).toEqual([true]);
	});
});
