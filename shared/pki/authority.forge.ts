import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import pki from "node-forge/lib/pki.js";
import sha256 from "node-forge/lib/sha256.js";
import { serialNumber } from "./derive.ts";
import type { Authority } from "./model.ts";

const tenYearsMs = 10 * 365 * 24 * 3_600_000;

/** A cell's clock may be behind ours when it first sees the authority. */
const backdatedMs = 3_600_000;

/**
 * Makes a certificate authority for cells and those who call them; random, so made once and kept.
 *
 * It stands apart from the issuer because it needs all of node-forge's X.509, and no function does.
 *
 * @param modulusBits of the RSA key. 2,048 sign an identity in a third of a millisecond; 4,096 in three.
 */
export function newAuthority(createdAt: Date, modulusBits: 2048 | 3072 | 4096 = 2048): Authority {
	const privateKeyPem = generateKeyPairSync("rsa", { modulusLength: modulusBits })
		.privateKey.export({ type: "pkcs8", format: "pem" })
		.toString();
	const certificate = pki.createCertificate();
	certificate.publicKey = pki.publicKeyFromPem(publicPemOf(privateKeyPem));
	certificate.serialNumber = serialNumber(randomBytes(16)).toString("hex");
	certificate.validity.notBefore = new Date(createdAt.getTime() - backdatedMs);
	certificate.validity.notAfter = new Date(createdAt.getTime() + tenYearsMs);
	const name = [{ name: "commonName", value: "Cellwright cells" }];
	certificate.setSubject(name);
	certificate.setIssuer(name);
	certificate.setExtensions([
		{ name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
		{ name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
		{ name: "subjectKeyIdentifier" },
	]);
	certificate.sign(pki.privateKeyFromPem(privateKeyPem), sha256.create());
	return {
		certificatePem: pki.certificateToPem(certificate).replaceAll("\r\n", "\n"),
		privateKeyPem,
		derivationSecret: randomBytes(32).toString("base64"),
	};
}

const publicPemOf = (privateKeyPem: string): string =>
	createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
