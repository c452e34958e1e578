import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { renewClient } from "../../shared/flows/renew-client.ts";
import { type RotatePorts, retire, rotate } from "../../shared/flows/rotate-authority.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { authorityIdOf } from "../../shared/pki/authority-id.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import type { ClientCredentials, Credentials, Issuer } from "../../shared/pki/model.ts";
import { anAgent, type PlayedAgent } from "../support/agents.ts";
import { anIdentityPlan } from "../support/authorities.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";
import { vaultServer } from "../support/vaults.ts";

const { signal } = new AbortController();
const settleSeconds = 360;

let vaults: Awaited<ReturnType<typeof vaultServer>>;
beforeAll(async () => {
	vaults = await vaultServer();
});
afterAll(async () => await vaults.close());

/** A vault with readiness's certificates, and operators who turn it by a clock of their own; it stays behind ours. */
async function world() {
	const vault = await vaults.founded(new Date());
	let now = new Date(Date.now() - 3_600_000);
	const clock = () => now;
	const held = new Map<string | undefined, Credentials & { expiresAt: Date }>();
	const lines: string[] = [];
	const clientCredentials: ClientCredentials = {
		get: async (id) => held.get(id),
		put: async (id, credentials, expiresAt) => void held.set(id, { ...credentials, expiresAt }),
	};
	const issuers = () => forgeIssuers(vault(), 0, clock);
	const renew = async () =>
		renewClient(
			{
				issuers: issuers(),
				clientCredentials,
				now: clock,
				log: aLog(lines),
				metrics: someMetrics(lines),
			},
			signal,
		);
	const operator = (over: Partial<RotatePorts> = {}): RotatePorts => ({
		vault: vault(),
		make: newAuthority,
		renew,
		settleSeconds,
		now: clock,
		...over,
	});
	return {
		vault,
		issuers,
		operator,
		renew,
		held,
		lines,
		ids: async (role: string) => {
			const { roster } = await vault().roster(signal);
			return roster.authorities.filter((each) => each.role === role).map(({ id }) => id);
		},
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1_000);
		},
	};
}

describe("rotating", () => {
	it("keeps cells of both authorities in reach of readiness, over real sockets", async () => {
		const { issuers, operator, held, pass, renew } = await world();
		await renew();
		const cells: { by: Issuer["by"]; fingerprint: string; server: PlayedAgent }[] = [];
		const isBorn = async () => {
			const issuer = await issuers().current(signal);
			const { credentials, fingerprint } = issuer.cell(anIdentityPlan());
			cells.push({ by: issuer.by, fingerprint, server: await anAgent(credentials) });
		};
		await isBorn();
		await rotate(operator(), false, signal);
		await isBorn();
		pass(settleSeconds);
		await rotate(operator(), false, signal);
		await isBorn();
		await renew();

		const agent = httpsAgent();
		const [before, , after] = cells;
		expect(before?.by.authorityId).not.toBe(after?.by.authorityId);
		for (const { by, fingerprint, server } of cells) {
			const credentials = held.get(by.authorityId);
			if (credentials === undefined) throw new Error("no client certificate");
			expect(await agent.ping(server.address, fingerprint, credentials, signal)).toEqual({
				answer: "pong",
			});
		}
		// A cell that was born before has never heard of the new one: that is why readiness holds both.
		const wrong = held.get(after?.by.authorityId);
		if (before === undefined || wrong === undefined) throw new Error("no cell");
		const answer = await agent.ping(before.server.address, before.fingerprint, wrong, signal);
		expect(answer.answer).not.toBe("pong");
	});

	it("gives readiness the next one's certificate before it signs", async () => {
		const { operator, held, ids, pass } = await world();
		await rotate(operator(), false, signal);
		const [next] = await ids("next");
		expect(held.has(next)).toBe(true);
		held.clear();
		pass(settleSeconds);
		await rotate(operator(), false, signal);
		expect(held.has(next)).toBe(true);
		expect(await ids("current")).toEqual([next]);
	});

	it("doesn't let the next one sign where readiness can't be given its certificate", async () => {
		const { operator, ids, pass } = await world();
		await rotate(operator(), false, signal);
		pass(settleSeconds);
		const broken = async () => Promise.reject(new TypeError("the table is gone"));
		await expect(rotate(operator({ renew: broken }), false, signal)).rejects.toThrow("is gone");
		expect(await ids("next")).toHaveLength(1);
	});

	it("says from when on the next one may sign, and changes nothing before", async () => {
		const { operator, ids, pass } = await world();
		await rotate(operator(), false, signal);
		pass(settleSeconds - 5);
		await expect(rotate(operator(), false, signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "AuthorityNotSettled",
			retryAfterSeconds: 5,
			message: expect.stringContaining("try again in 5 s, or add --now"),
		});
		expect(await ids("next")).toHaveLength(1);
	});

	it("at once takes both steps, and new cells don't trust the former one", async () => {
		const { operator, issuers, ids } = await world();
		const [former] = await ids("current");
		expect(await rotate(operator(), true, signal)).toMatchObject({ happened: "promoted" });
		expect(await ids("earlier")).toEqual([former]);
		const { by } = await issuers().current(signal);
		expect(by.alsoTrustedIds).toEqual([]);
	});

	it("lets one of two who rotate at one moment win; the other leaves nothing behind", async () => {
		const { operator, ids, vault } = await world();
		const made: string[] = [];
		const make = (createdAt: Date) => {
			const authority = newAuthority(createdAt);
			made.push(authorityIdOf(authority.certificatePem));
			return authority;
		};
		const outcomes = await Promise.allSettled(
			[1, 2].map(async () => rotate(operator({ make }), false, signal)),
		);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		const lost = outcomes.find((outcome) => outcome.status === "rejected");
		expect(lost?.reason).toMatchObject({ kind: "conflict", reason: "AuthoritiesChanged" });
		const [next] = await ids("next");
		const [loser] = made.filter((id) => id !== next);
		expect(made).toHaveLength(2);
		await expect(vault().authority(loser, signal)).rejects.toMatchObject({
			reason: "AuthorityUnknown",
		});
	});

	it("stops where a cell's user data has no room for another, before one is made", async () => {
		const { operator, pass } = await world();
		let made = 0;
		const make = (createdAt: Date) => {
			made += 1;
			return newAuthority(createdAt);
		};
		const turning = async () => {
			for (;;) {
				await rotate(operator({ make }), false, signal);
				pass(settleSeconds);
			}
		};
		await expect(turning()).rejects.toMatchObject({ reason: "TooManyAuthorities" });
		expect(made).toBe(3);
	});
});

describe("retiring", () => {
	const turned = async () => {
		const given = await world();
		await rotate(given.operator(), true, signal);
		const [id = ""] = await given.ids("earlier");
		return { ...given, id };
	};

	it("ends an authority that nothing needs", async () => {
		const { operator, ids, pass, id, vault } = await turned();
		pass(settleSeconds);
		await retire(id, 0, operator(), signal);
		expect(await ids("earlier")).toEqual([]);
		await expect(vault().authority(id, signal)).rejects.toThrow(id);
	});

	it.each([
		{ when: "cells of it live", cells: 3, seconds: settleSeconds, reason: "AuthorityInUse" },
		{
			when: "a function may still sign with it",
			cells: 0,
			seconds: settleSeconds - 1,
			reason: "AuthorityNotSettled",
		},
	])("is refused when $when", async ({ cells, seconds, reason }) => {
		const { operator, ids, pass, id } = await turned();
		pass(seconds);
		await expect(retire(id, cells, operator(), signal)).rejects.toMatchObject({ reason });
		expect(await ids("earlier")).toEqual([id]);
	});

	it("destroys a key that somebody left behind who died while retiring", async () => {
		const { operator, pass, id, vault } = await turned();
		pass(settleSeconds);
		const dying = { ...vault(), forget: async () => Promise.reject(new TypeError("died")) };
		await expect(retire(id, 0, operator({ vault: dying }), signal)).rejects.toThrow("died");
		await retire(id, 0, operator(), signal);
		await expect(vault().authority(id, signal)).rejects.toThrow(id);
		await expect(retire(id, 0, operator(), signal)).rejects.toThrow("There is no authority");
	});

	it("is refused for the one that signs", async () => {
		const { operator, ids } = await turned();
		const [current = ""] = await ids("current");
		await expect(retire(current, 0, operator(), signal)).rejects.toBeInstanceOf(ProvisionerError);
		expect(await ids("current")).toEqual([current]);
	});
});

describe("renewing", () => {
	it("gives a certificate of each authority, and the first one's also to older records", async () => {
		const { operator, held, ids, renew } = await world();
		const [first] = await ids("current");
		await rotate(operator(), false, signal);
		await renew();
		expect([...held.keys()]).toEqual([first, undefined, ...(await ids("next"))]);
		expect(held.get(undefined)).toEqual(held.get(first));
	});

	it("says how long certificates and authorities last, and shows no secret", async () => {
		const { lines, renew } = await world();
		await renew();
		const metrics = lines.map((line): Record<string, unknown> => JSON.parse(line));
		expect(metrics.find((line) => "ClientCertificateDays" in line)).toMatchObject({
			ClientCertificateDays: 1,
			Role: "current",
		});
		const days = metrics.find((line) => "AuthorityDays" in line)?.["AuthorityDays"];
		expect(days).toBeCloseTo(3_650, 0);
		expect(lines.join("\n")).not.toContain("BEGIN");
	});
});
