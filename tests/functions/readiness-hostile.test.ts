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

/** The function's own deadline comes three seconds before Lambda's; a ping's after three. */
const context = {
	awsRequestId: "request-1",
	getRemainingTimeInMillis: () => 7_000,
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

const slow = ["no word", "nothing", "a byte of the body now and then"];
const quick = [
	"100 MB",
	"greetings of TLS 1.2 without an end",
	"endless blank lines before the answer",
];

describe("a batch of ten checks, on real wires", () => {
	it("makes nine cells ready while the tenth is hostile, however it is", async () => {
		const found = await Promise.all([...slow, ...quick].map(readyBefore));
		for (const { what, answer, events, phase } of found) {
			expect(answer, what).toEqual({ batchItemFailures: [{ itemIdentifier: "message-bad" }] });
			expect(
				events.filter((event) => event === "ready"),
				what,
			).toHaveLength(9);
			expect(phase, what).toBe("Booting");
			// A ping that hangs costs three seconds: the nine were ready before it had cost them once.
			if (slow.includes(what)) expect(events.indexOf("bad answer"), what).not.toBeLessThan(9);
		}
	}, 30_000);

	/** What happened in a batch of which one cell is of this kind. */
	async function readyBefore(what: string) {
		const cells = memoryCells((saved) => {
			if (saved.phase === "Ready") events.push("ready");
		});
		const events: string[] = [];
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
				const answer = await https.ping(address, ...rest);
				if (address === bad.address) events.push("bad answer");
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
		return { what, answer, events, phase: (await cells.get("bad", signal))?.phase };
	}
});
