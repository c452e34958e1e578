import * as z from "zod";

/** The certificate authority at rest: what every identity is made from. Secret. */
export const Authority = z.object({
	/** PEM `CERTIFICATE`. */
	certificatePem: z.string(),
	/** PEM private key, RSA. */
	privateKeyPem: z.string(),
	/** Base64, 32 random bytes: cells' keys are derived from it. */
	derivationSecret: z.string(),
});
export type Authority = Readonly<z.infer<typeof Authority>>;

/**
 * What an authority does: `current` signs, `next` will sign and is trusted already, `earlier` signed and
 * still has living cells.
 */
const AuthorityRole = z.enum(["current", "next", "earlier"]);
export type AuthorityRole = z.infer<typeof AuthorityRole>;

/** One authority's place among those that something still needs. */
const Standing = z.object({
	/** The first 16 hex digits of the SHA-256 of its certificate's DER. */
	id: z.string().regex(/^[0-9a-f]{16}$/),
	role: AuthorityRole,
	/** When it got this role, ISO 8601 UTC. */
	since: z.iso.datetime(),
	/** Whether new cells let its clients in; not when it was replaced at once, because its key may have leaked. */
	trusted: z.boolean(),
});
export type Standing = Readonly<z.infer<typeof Standing>>;

/** Which authorities there are, and what each does. Not secret. */
export const Roster = z
	.object({
		/** The first one that ever was: records that name no authority mean it. */
		firstId: z.string(),
		authorities: z.array(Standing),
	})
	.refine(({ authorities }) => authorities.filter(({ role }) => role === "current").length === 1, {
		error: "must have one current authority",
		path: ["authorities"],
	});
export type Roster = Readonly<z.infer<typeof Roster>>;

/** A roster as it stands. */
export type KeptRoster = Readonly<{
	/** Counts the changes: 0 until the first rotation. */
	revision: number;
	roster: Roster;
}>;

/** Who made an identity and whom its holder trusts: what a plan keeps, so that it can be made again. */
export type IssuedBy = Readonly<{
	/** Undefined in records of the time before rotations: the first authority. */
	authorityId?: string | undefined;
	/** Of the certificates that are trusted besides, in their order. */
	alsoTrustedIds?: readonly string[] | undefined;
}>;

/** A key with its certificate. Secret. */
export const Credentials = z.object({
	/** PEM `CERTIFICATE`s of the authorities that the holder trusts. */
	caPem: z.string(),
	/** PEM `CERTIFICATE`, the leaf. */
	certificatePem: z.string(),
	/** PEM `EC PRIVATE KEY` (SEC 1): the agent reads no other form of an EC key from Kip. */
	keyPem: z.string(),
});
export type Credentials = Readonly<z.infer<typeof Credentials>>;

/** Who a cell is: its credentials and what readiness pins. */
type CellIdentity = Readonly<{
	credentials: Credentials;
	/** SHA-256 over the leaf's DER, lower-case hex without separators. */
	fingerprint: string;
}>;

/** What a cell's identity is derived from, besides the authority. Equal plan, equal bytes. */
export type IdentityPlan = Readonly<{
	/** The cell's own name: a DNS label, and a SAN beside `MilpaNode`. */
	cellName: string;
	attempt: number;
	/** The certificate is valid from five minutes before. */
	issuedAt: Date;
	/** Longest life of a cell; the agent can't reload certificates. */
	lifetimeSeconds: number;
}>;

/** Makes identities. Pure in its arguments, but for the client's random key. */
export type Issuer = Readonly<{
	by: Readonly<{ authorityId: string; alsoTrustedIds: readonly string[] }>;
	/** When its authority ends, and every identity with it. */
	endsAt: Date;
	cell(plan: IdentityPlan): CellIdentity;
	/** A client certificate for readiness: clientAuth only, random key. */
	client(issuedAt: Date, lifetimeSeconds: number): Credentials;
}>;

/** Finds issuers; what it knows of rotations may be some minutes old. */
export type Issuers = Readonly<{
	/** For a new plan: the authority that signs now. */
	current(signal: AbortSignal): Promise<Issuer>;
	/**
	 * For a plan that was made: the same bytes again, whatever was rotated since.
	 *
	 * @throws ProvisionerError `operator` when that authority was retired.
	 */
	named(by: IssuedBy, signal: AbortSignal): Promise<Issuer>;
	/** For clients: one for each authority that living cells may have. */
	all(signal: AbortSignal): Promise<readonly ServingIssuer[]>;
}>;

type ServingIssuer = Readonly<{
	issuer: Issuer;
	role: AuthorityRole;
	/** Records that name no authority mean this one. */
	isFirst: boolean;
}>;

/** Where the authorities lie. Every method throws ProvisionerError `operator` when a human must act. */
export type Vault = Readonly<{
	/** Which authorities there are, as far as the store tells at this moment. */
	roster(signal: AbortSignal): Promise<KeptRoster>;
	/**
	 * Puts a roster in the place of the one that was seen.
	 *
	 * @throws ProvisionerError `conflict` when somebody else has replaced that one.
	 */
	replace(seen: KeptRoster, roster: Roster, signal: AbortSignal): Promise<KeptRoster>;
	/** @param id undefined: the first one. */
	authority(id: string | undefined, signal: AbortSignal): Promise<Authority>;
	/** PEM, also of an authority that was retired: plans of its last hours may name it. */
	certificate(id: string, signal: AbortSignal): Promise<string>;
	/** Keeps the very first authority, unless there is one already; returns the one that signs. */
	found(authority: Authority, signal: AbortSignal): Promise<Authority>;
	/** Keeps one more authority, which does nothing until a roster names it; returns its id. */
	keep(authority: Authority, signal: AbortSignal): Promise<string>;
	/** Destroys an authority's secrets; its certificate stays readable. */
	forget(id: string, signal: AbortSignal): Promise<void>;
}>;

/** Where readiness finds its client certificates; made outside the VPC, read inside it. */
export type ClientCredentials = Readonly<{
	/**
	 * @param authorityId of the cell to be asked; undefined for a record that names none: the first authority.
	 * @returns undefined before that authority's first renewal.
	 */
	get(
		authorityId: string | undefined,
		signal: AbortSignal,
	): Promise<(Credentials & { expiresAt: Date }) | undefined>;
	put(
		authorityId: string | undefined,
		credentials: Credentials,
		expiresAt: Date,
		signal: AbortSignal,
	): Promise<void>;
}>;
