import * as z from "zod";

/** The certificate authority at rest: what every identity is made from. Secret. */
export const Authority = z.object({
	/** PEM `CERTIFICATE`. */
	certificatePem: z.string(),
	/** PEM private key, RSA. */
	privateKeyPem: z.string(),
	/** Base64, 32 random bytes: cells' keys are derived from it. */
	derivationSecret: z.string(),
	/**
	 * PEM `CERTIFICATE`s of authorities that are trusted beside this one: the next one before it signs,
	 * the former one until its last cell has ended.
	 */
	alsoTrustedPem: z.string().optional(),
});
export type Authority = Readonly<z.infer<typeof Authority>>;

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
	cell(plan: IdentityPlan): CellIdentity;
	/** A client certificate for readiness: clientAuth only, random key. */
	client(issuedAt: Date, lifetimeSeconds: number): Credentials;
}>;

/** Where the authority lies. */
export type Vault = Readonly<{
	/** @throws ProvisionerError `operator` when there is none yet, or it can't be read. */
	authority(signal: AbortSignal): Promise<Authority>;
	/** Keeps a new authority, unless there is one already; returns the one that stands. */
	found(authority: Authority, signal: AbortSignal): Promise<Authority>;
}>;

/** Where readiness finds its client certificate; made outside the VPC, read inside it. */
export type ClientCredentials = Readonly<{
	/** @returns undefined before the first renewal. */
	get(signal: AbortSignal): Promise<(Credentials & { expiresAt: Date }) | undefined>;
	put(credentials: Credentials, expiresAt: Date, signal: AbortSignal): Promise<void>;
}>;
