import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { retire, rotate } from "../../shared/flows/rotate-authority.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { authorityIdOf } from "../../shared/pki/authority-id.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import type { IssuedBy, Vault } from "../../shared/pki/model.ts";
import { currentOf } from "../../shared/pki/rotation.ts";
import { anIdentityPlan } from "../support/authorities.ts";
import { vaultServer } from "../support/vaults.ts";

const { signal } = new AbortController();
const cacheSeconds = 300;
const start = new Date("2026-11-23T08:00:00.000Z");

let vaults: Awaited<ReturnType<typeof vaultServer>>;
beforeAll(async () => {
	vaults = await vaultServer();
});
afterAll(async () => await vaults.close());

/** A vault, a process that has used it for a while, and an operator who turns it, at a clock of their own. */
async function world() {
	const open = await vaults.founded(start);
	let now = start;
	const clock = () => now;
	let reads = 0;
	const vault = open();
	const counted: Vault = {
		...vault,
		async roster(until) {
			reads += 1;
			return vault.roster(until);
		},
	};
	const operator = {
		vault: open(),
		make: newAuthority,
		renew: async () => {},
		settleSeconds: 0,
		now: clock,
	};
	return {
		warm: forgeIssuers(counted, cacheSeconds, clock),
		/** As a process that was started just now. */
		cold: () => forgeIssuers(open(), cacheSeconds, clock),
		rotate: async (atOnce = false) => rotate(operator, atOnce, signal),
		async retireEarlier() {
			const { roster } = await operator.vault.roster(signal);
			for (const { id, role } of roster.authorities)
				if (role === "earlier") await retire(id, 0, operator, signal);
		},
		signing: async () => currentOf((await operator.vault.roster(signal)).roster).id,
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1_000);
		},
		reads: () => reads,
		operator,
	};
}

describe("an identity", () => {
	it("is the same bytes for the same plan, whatever was rotated since, on whatever worker", async () => {
		const { warm, cold, rotate: step, pass } = await world();
		const plans: { by: IssuedBy; plan: ReturnType<typeof anIdentityPlan>; made: unknown }[] = [];
		for (let round = 0; round < 5; round++) {
			const issuer = await cold().current(signal);
			fc.assert(
				fc.property(fc.integer({ min: 1, max: 99 }), fc.nat({ max: 10 ** 9 }), (attempt, ms) => {
					const plan = anIdentityPlan({ attempt, issuedAt: new Date(start.getTime() + ms) });
					plans.push({ by: { ...issuer.by }, plan, made: issuer.cell(plan) });
				}),
				{ numRuns: 8 },
			);
			await step();
			pass(1);
		}
		expect(new Set(plans.map(({ by }) => JSON.stringify(by))).size).toBe(5);
		for (const issuers of [warm, cold()])
			for (const { by, plan, made } of plans)
				expect((await issuers.named(by, signal)).cell(plan)).toEqual(made);
	});

	it("is the first authority's where its record is older than rotations, and trusts that alone", async () => {
		const { cold, rotate: step } = await world();
		const before = (await cold().current(signal)).cell(anIdentityPlan({ issuedAt: start }));
		await step();
		await step();
		const again = await cold().named({}, signal);
		expect(again.cell(anIdentityPlan({ issuedAt: start }))).toEqual(before);
	});

	it("can be made again after an authority was retired that its cell only trusts", async () => {
		const { cold, rotate: step, retireEarlier } = await world();
		await step();
		await step();
		const issuer = await cold().current(signal);
		expect(issuer.by.alsoTrustedIds).toHaveLength(1);
		const made = issuer.cell(anIdentityPlan({ issuedAt: start }));
		await retireEarlier();
		const again = await cold().named(issuer.by, signal);
		expect(again.cell(anIdentityPlan({ issuedAt: start }))).toEqual(made);
		expect((await cold().current(signal)).by.alsoTrustedIds).toEqual([]);
	});

	it("can't be made again after its own authority was retired, and says so", async () => {
		const { cold, rotate: step, retireEarlier } = await world();
		const { by } = await cold().current(signal);
		await step();
		await step();
		await retireEarlier();
		await expect(cold().named(by, signal)).rejects.toMatchObject({ reason: "AuthorityUnknown" });
	});
});

describe("a warm process", () => {
	it("signs with the former authority until its cache is over, and then with the new one", async () => {
		const { warm, rotate: step, pass, signing } = await world();
		const former = (await warm.current(signal)).by.authorityId;
		await step(true);
		pass(cacheSeconds - 1);
		expect((await warm.current(signal)).by.authorityId).toBe(former);
		pass(1);
		expect((await warm.current(signal)).by.authorityId).toBe(await signing());
	});

	it("issues at once for a plan that names an authority which it doesn't know", async () => {
		const { warm, cold, rotate: step } = await world();
		await warm.current(signal);
		await step(true);
		const { by } = await cold().current(signal);
		expect((await warm.named(by, signal)).by).toEqual(by);
	});

	it("asks once for all who find the cache over at one moment", async () => {
		const { warm, pass, reads } = await world();
		await warm.current(signal);
		pass(cacheSeconds);
		await Promise.all(Array.from({ length: 10 }, async () => warm.current(signal)));
		expect(reads()).toBe(2);
	});

	it("asks again after a look that failed", async () => {
		const { warm, rotate: step, pass, signing } = await world();
		await warm.current(signal);
		await step(true);
		pass(cacheSeconds);
		await expect(warm.current(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
		expect((await warm.current(signal)).by.authorityId).toBe(await signing());
	});
});

describe("clients' issuers", () => {
	it("are all that living cells may have, and tell which one older records mean", async () => {
		const { cold, rotate: step, operator } = await world();
		await step();
		await step();
		await step();
		const first = authorityIdOf((await operator.vault.authority(undefined, signal)).certificatePem);
		const all = await cold().all(signal);
		expect(all.map(({ role }) => role)).toEqual(["earlier", "current", "next"]);
		expect(all.filter(({ isFirst }) => isFirst).map(({ issuer }) => issuer.by.authorityId)).toEqual(
			[first],
		);
	});
});
