import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import type { Authority, IdentityPlan, Issuer, Issuers } from "../../shared/pki/model.ts";

/** A new authority with its issuer. RSA keys take a tenth of a second: one per test file is enough. */
export function anAuthority(createdAt = new Date()): { authority: Authority; issuer: Issuer } {
	const authority = newAuthority(createdAt);
	return { authority, issuer: forgeIssuer(authority) };
}

/** One authority that was never rotated. */
export function issuersOf(createdAt: Date): Issuers {
	const { issuer } = anAuthority(createdAt);
	return {
		current: async () => issuer,
		named: async () => issuer,
		all: async () => [{ issuer, role: "current", isFirst: true }],
	};
}

export const anIdentityPlan = (over: Partial<IdentityPlan> = {}): IdentityPlan => ({
	cellName: "cell-3f2a",
	attempt: 1,
	issuedAt: new Date(),
	lifetimeSeconds: 30 * 24 * 3_600,
	...over,
});
