import { describe, expect, it } from "vitest";
import {
	authorityView,
	type ShownAuthority,
} from "../../../../infra/cli/authority/authority-view.ts";
import { newAuthority } from "../../../../shared/pki/authority.forge.ts";
import type { AuthorityRole } from "../../../../shared/pki/model.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";

const now = new Date("2026-11-23T10:00:00.000Z");
const times = { now, settleSeconds: 360, lifetimeSeconds: 30 * 86_400 };
const { certificatePem } = newAuthority(now);
const ending = newAuthority(new Date("2017-01-25T00:00:00.000Z")).certificatePem;

const shown = (role: AuthorityRole, over: Partial<ShownAuthority> = {}): ShownAuthority => ({
	standing: { id: role.padEnd(16, "0"), role, since: "2026-11-23T09:59:00.000Z", trusted: true },
	certificatePem,
	cells: 0,
	lastIssuedAt: undefined,
	...over,
});

describe("the view of authorities", () => {
	it("has a line for each, with its dates and the cells that need it", () => {
		const lines = authorityView([shown("current", { cells: 12 })], times);
		expect(lines).toEqual([
			"AUTHORITY         ROLE     SINCE              NEW CELLS  LIVING CELLS  VALID UNTIL  DAYS LEFT  SUBJECT",
			"current000000000  current  2026-11-23T09:59Z  trust it             12  2036-11-20        3650  CN=Cellwright cells",
			"",
			"Nothing to do.",
		]);
	});

	it.each([
		{
			when: "the next one isn't known everywhere",
			authorities: [shown("current"), shown("next")],
			advice: [
				"next000000000000 doesn't sign yet; from 2026-11-23T10:05:00Z on it may:",
				"  npx cellwright authority rotate",
			],
		},
		{
			when: "an earlier one has living cells",
			authorities: [shown("current"), shown("earlier", { cells: 2, lastIssuedAt: now })],
			advice: [
				"2 living cells need earlier000000000, at the latest until 2026-12-23T10:00Z; then:",
				"  npx cellwright authority retire earlier000000000",
			],
		},
		{
			when: "an earlier one has none",
			authorities: [shown("current"), shown("earlier")],
			advice: [
				"No living cell needs earlier000000000 any more:",
				"  npx cellwright authority retire earlier000000000",
			],
		},
		{
			when: "the current one ends soon",
			authorities: [shown("current", { certificatePem: ending })],
			advice: [
				"current000000000 ends in 60 days, and with it every cell that it makes:",
				"  npx cellwright authority rotate",
			],
		},
	])("says what to do next when $when", ({ authorities, advice }) => {
		expect(authorityView(authorities, times).slice(authorities.length + 2)).toEqual(advice);
	});
});

describe("cellwright authority", () => {
	it("says where it looked, and what to try, where no stack runs and nobody is signed in", async () => {
		const { code, stderr } = await cellwright(await emptyFolder(), "authority");
		expect(code).toBe(3);
		expect(stderr).toContain("the authority below /cellwright/dev");
		expect(stderr).toContain("deployment cellwright-dev");
		expect(stderr).toContain("try: npx cellwright up");
	});
});
