import { setTimeout as pause } from "node:timers/promises";
import type { Context, SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { readinessHandler } from "../../functions/readiness/handler.ts";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { type Agent, cellCheckBody } from "../../shared/agent/model.ts";
import { booting, launching } from "../../shared/cells/transitions.ts";
import { anAgent, type PlayedAgent } from "../support/agents.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";
import { aDecision, anInstance, aPlan, aScheduledCell } from "../support/cells.ts";
import { strangers, turncoats } from "../support/hostile-cells.ts";
import { generousRules } from "../support/life-ports.ts";
import { memoryCells } from "../support/memory-cells.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { issuer } = anAuthority();
const cell = issuer.cell(anIdentityPlan());
const credentials = issuer.client(new Date(), 3_600);
const { signal } = new AbortController();

const context = {
	awsRequestId: "request-1",
	getRemainingTimeInMillis: () => 100_000,
} as Context;

const checkOf = (podUid: string) =>
	({
		messageId: `message-${podUid}`,
		receiptHandle: "",
		body: cellCheckBody(podUid, 1),
		attributes: { ApproximateReceiveCount: "1" },
	}) as SQSRecord;

const hostile = (wanted: string) => {
	const found = [...turncoats, ...strangers].find(({ what }) => what === wanted);
	if (found === undefined) throw new RangeError(wanted);
	return found;
};

const kinds = [
	"no word",
	"nothing",
	"a byte of the body now and then",
	"100 MB",
	"greetings of TLS 1.2 without an end",
	"endless blank lines before the answer",
];

describe("a batch of ten checks, on real wires", () => {
	it("makes nine cells ready while the tenth is hostile, however it is", async () => {
		const found = await Promise.all(kinds.map(batchWith));
		for (const { what, answer, phase } of found) {
			expect(answer, what).toEqual({ batchItemFailures: [{ itemIdentifier: "message-bad" }] });
			expect(phase, what).toBe("Booting");
		}
	});

	/** What comes of a batch of which one cell is of this kind; nothing, if the nine had to wait for its answer. */
	async function batchWith(what: string) {
		let ready = 0;
		const nineReady = Promise.withResolvers<void>();
		const cells = memoryCells((saved) => {
			if (saved.phase === "Ready") ready += 1;
			if (ready === 9) nineReady.resolve();
		});
		const bad = await hostile(what).serve(cell.credentials);
		const good = await Promise.all(Array.from({ length: 9 }, () => anAgent(cell.credentials)));
		const birth = async ({ address }: PlayedAgent, uid: string) => {
			const plan = aPlan({ fingerprint: cell.fingerprint });
			const planned = launching(aScheduledCell(uid), plan, aDecision(), "worker", new Date());
			await cells.claim(booting(planned, anInstance({ address }), new Date()), signal);
			return checkOf(uid);
		};
		const Records = await Promise.all(
			[bad, ...good].map((agent, index) => birth(agent, index === 0 ? "bad" : `good-${index}`)),
		);
		const https = httpsAgent();
		const agent: Agent = {
			async ping(address, ...rest) {
				if (address !== bad.address) return await https.ping(address, ...rest);
				// The deadline comes in its own time: there is no more to see.
				if (ready === 9) throw new Error("it has answered, and the nine are ready");
				const answer = await https.ping(address, ...rest);
				await nineReady.promise;
				return answer;
			},
		};
		const expiresAt = new Date(Date.now() + 3_600_000);
		const handler = readinessHandler({
			cells,
			agent,
			clientCredentials: {
				get: async () => ({ ...credentials, expiresAt }),
				put: async () => {},
			},
			bootTimes: { add: async () => {} },
			bootTimeoutSeconds: 1_200,
			launchTimeoutSeconds: 900,
			rules: generousRules,
			now: () => new Date(),
			pause: async (ms, until) => await pause(ms, undefined, { signal: until }),
			log: aLog(),
			metrics: someMetrics(),
		});
		const answer = await handler({ Records }, context);
		return { what, answer, phase: (await cells.get("bad", signal))?.phase };
	}
});
