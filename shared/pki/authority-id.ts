import { X509Certificate } from "node:crypto";

const idDigits = 16;

/**
 * An authority's name, made from its certificate: the first 16 hex digits of the SHA-256 of its DER.
 *
 * @param certificatePem only the first certificate in it counts.
 * @throws Error when it isn't one.
 */
export const authorityIdOf = (certificatePem: string): string =>
	new X509Certificate(certificatePem).fingerprint256
		.replaceAll(":", "")
		.toLowerCase()
		.slice(0, idDigits);
