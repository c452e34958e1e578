import { createHash } from "node:crypto";
import type { RenderUserData } from "../../shared/bootstrap/model.ts";
import type { ClientCredentials, IdentityPlan, Issuer, Issuers } from "../../shared/pki/model.ts";

/** Identities at the price of a hash; tests/faults/identities.test.ts holds them to the real issuer's rules. */
export const cheapIssuer = (authorityId: string): Issuer => ({
	by: { authorityId, alsoTrustedIds: [] },
	endsAt: new Date("2099-01-01T00:00:00.000Z"),
	cell(plan) {
		const fingerprint = fingerprintOf(authorityId, plan);
		return {
			credentials: {
				caPem: `ca ${authorityId}`,
				certificatePem: fingerprint,
				keyPem: `key of ${fingerprint}`,
			},
			fingerprint,
		};
	},
	client: () => ({ caPem: `ca ${authorityId}`, certificatePem: "client", keyPem: "key of client" }),
});

export const cheapIssuers = (authorityId: string): Issuers => {
	const issuer = cheapIssuer(authorityId);
	return {
		current: async () => issuer,
		named: async () => issuer,
		all: async () => [{ issuer, role: "current", isFirst: true }],
	};
};

const fingerprintOf = (
	authorityId: string,
	{ cellName, attempt, issuedAt, lifetimeSeconds }: IdentityPlan,
): string =>
	createHash("sha256")
		.update(JSON.stringify([authorityId, cellName, attempt, issuedAt, lifetimeSeconds]))
		.digest("hex");

/** User data that says no more than whose it is. */
export const cheapUserData: RenderUserData = ({ certificatePem }, architecture, cellFilesIn) =>
	Buffer.from(JSON.stringify({ fingerprint: certificatePem, architecture, cellFilesIn }));

/** What a machine with this user data answers with. */
export const fingerprintIn = (userData: string): string => {
	const { fingerprint }: { fingerprint?: unknown } = JSON.parse(userData);
	return String(fingerprint);
};

export const clientCredentialsUntil = (expiresAt: Date): ClientCredentials => ({
	get: async () => ({ caPem: "", certificatePem: "", keyPem: "", expiresAt }),
	put: async () => undefined,
});
