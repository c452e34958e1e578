import { createPublicKey, generateKeyPairSync } from "node:crypto";
import pki from "node-forge/lib/pki.js";
import sha256 from "node-forge/lib/sha256.js";

/** A certificate for a server on 127.0.0.1 that lives for a day, signed by itself. */
export function loopbackCertificate(now: Date): Readonly<{ certPem: string; keyPem: string }> {
	const keyPem = generateKeyPairSync("rsa", { modulusLength: 2048 })
		.privateKey.export({ type: "pkcs8", format: "pem" })
		.toString();
	const certificate = pki.createCertificate();
	certificate.publicKey = pki.publicKeyFromPem(
		createPublicKey(keyPem).export({ type: "spki", format: "pem" }).toString(),
	);
	certificate.serialNumber = "01";
	certificate.validity.notBefore = new Date(now.getTime() - 3_600_000);
	certificate.validity.notAfter = new Date(now.getTime() + 86_400_000);
	const name = [{ name: "commonName", value: "AWS on this machine" }];
	certificate.setSubject(name);
	certificate.setIssuer(name);
	certificate.setExtensions([
		{ name: "basicConstraints", cA: true },
		{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
	]);
	certificate.sign(pki.privateKeyFromPem(keyPem), sha256.create());
	return { certPem: pki.certificateToPem(certificate), keyPem };
}
