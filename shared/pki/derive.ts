import { hkdfSync } from "node:crypto";
import type { IdentityPlan } from "./model.ts";

/** Bytes that `p256PrivateKey` wants: 128 bits more than the key has. */
export const p256SeedBytes = 48;

/** The order of the group that P-256 generates (SEC 2, section 2.4.2). */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Clocks differ: a certificate is valid from so long before it was made. */
const backdatedSeconds = 300;

/**
 * A P-256 private key, 32 octets, from 48 uniform bytes.
 *
 * Reduced from extra bits (FIPS 186-5, A.2.1): the bias is below 2^-128. Rejection sampling would have
 * none, but also a second round that one plan in 2^32 takes and no test ever sees.
 */
export function p256PrivateKey(seed: Uint8Array): Buffer {
	const wide = BigInt(`0x${Buffer.from(seed).toString("hex")}`);
	const scalar = (wide % (p256Order - 1n)) + 1n;
	return Buffer.from(scalar.toString(16).padStart(64, "0"), "hex");
}

/**
 * A certificate's serial from 16 uniform bytes: positive, and always 16 octets long.
 *
 * The first bit is cleared for the sign, the second set so that no leading octet can vanish; 126 bits stay.
 */
export function serialNumber(seed: Uint8Array): Buffer {
	const [first = 0, ...rest] = seed;
	return Buffer.from([(first & 0x3f) | 0x40, ...rest]);
}

/**
 * The private key of a cell: another for every attempt, the same whenever it is asked for again.
 *
 * @param secret the authority's derivation secret, 32 bytes.
 */
export const cellPrivateKey = (secret: Uint8Array, { cellName, attempt }: IdentityPlan): Buffer =>
	p256PrivateKey(expand(secret, ["cell key", cellName, attempt], p256SeedBytes));

/**
 * The serial of a cell's certificate.
 *
 * It depends on the whole plan: were a cell's attempt ever planned again with other dates, that would be
 * another certificate, and an issuer must not give one serial to two (RFC 5280, 4.1.2.2).
 */
export const cellSerialNumber = (secret: Uint8Array, plan: IdentityPlan): Buffer => {
	const { cellName, attempt, issuedAt, lifetimeSeconds } = plan;
	const context = ["cell serial", cellName, attempt, issuedAt.toISOString(), lifetimeSeconds];
	return serialNumber(expand(secret, context, 16));
};

/** When a certificate is valid, in whole seconds, which is all that X.509 can say. */
export function validity(
	issuedAt: Date,
	lifetimeSeconds: number,
): { notBefore: Date; notAfter: Date } {
	const issuedSeconds = Math.floor(issuedAt.getTime() / 1_000);
	return {
		notBefore: new Date((issuedSeconds - backdatedSeconds) * 1_000),
		notAfter: new Date((issuedSeconds + lifetimeSeconds) * 1_000),
	};
}

/** HKDF-SHA-256. JSON keeps the parts of the context apart: no two contexts share a text. */
const expand = (
	secret: Uint8Array,
	context: readonly (string | number)[],
	length: number,
): Uint8Array =>
	new Uint8Array(hkdfSync("sha256", secret, "cellwright/v1", JSON.stringify(context), length));
