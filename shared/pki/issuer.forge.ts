import {
	createECDH,
	createHash,
	createPrivateKey,
	randomBytes,
	sign,
	X509Certificate,
} from "node:crypto";
import { agentServerName } from "../agent/model.ts";
import { ProvisionerError } from "../errors.ts";
import { authorityIdOf } from "./authority-id.ts";
import { issuerNameOf, pem, sec1, signed, toBeSigned } from "./certificate.ts";
import {
	cellPrivateKey,
	cellSerialNumber,
	p256PrivateKey,
	p256SeedBytes,
	serialNumber,
	validity,
} from "./derive.ts";
import type { Authority, Credentials, Issuer } from "./model.ts";

/** A DNS label (RFC 1123): what may stand in a SAN and in an instance's name. */
const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What differs between one leaf and another. */
type LeafRequest = Readonly<{
	privateKey: Buffer;
	serial: Buffer;
	issuedAt: Date;
	lifetimeSeconds: number;
	commonName: string;
	usage: "serverAuth" | "clientAuth";
	dnsNames: readonly string[];
}>;

/**
 * Issues leaves of one authority: certificates in ASN.1 of our own, keys and signatures by node:crypto.
 *
 * RSA PKCS #1 v1.5 signatures have no random part; with a derived key, equal plans make equal bytes.
 *
 * @param alsoTrustedPems certificates that holders trust beside this authority's, in their order.
 * @throws ProvisionerError `operator` when the authority can't issue.
 */
export function forgeIssuer(authority: Authority, alsoTrustedPems: readonly string[] = []): Issuer {
	const { issuerName, key, endsAt, secret, authorityId } = opened(authority);
	const caPem = [authority.certificatePem, ...alsoTrustedPems].join("");

	const issue = (request: LeafRequest): { credentials: Credentials; der: Buffer } => {
		const { privateKey, issuedAt, lifetimeSeconds, ...names } = request;
		const { notBefore, notAfter } = validity(issuedAt, lifetimeSeconds);
		const publicKey = publicKeyOf(privateKey);
		const tbs = toBeSigned({
			...names,
			issuer: issuerName,
			notBefore,
			// A leaf that outlives its authority would only look alive.
			notAfter: notAfter < endsAt ? notAfter : endsAt,
			publicKey,
		});
		const der = signed(tbs, sign("sha256", tbs, key));
		const credentials = {
			caPem,
			certificatePem: pem("CERTIFICATE", der),
			keyPem: pem("EC PRIVATE KEY", sec1(privateKey, publicKey)),
		};
		return { credentials, der };
	};

	return {
		by: { authorityId, alsoTrustedIds: alsoTrustedPems.map(authorityIdOf) },
		endsAt,
		cell(plan) {
			if (!dnsLabel.test(plan.cellName)) {
				throw new RangeError(`a cell's name must be a DNS label (found: ${plan.cellName})`);
			}
			const { credentials, der } = issue({
				privateKey: cellPrivateKey(secret, plan),
				serial: cellSerialNumber(secret, plan),
				issuedAt: plan.issuedAt,
				lifetimeSeconds: plan.lifetimeSeconds,
				commonName: plan.cellName,
				usage: "serverAuth",
				dnsNames: [agentServerName, plan.cellName],
			});
			return { credentials, fingerprint: createHash("sha256").update(der).digest("hex") };
		},
		client: (issuedAt, lifetimeSeconds) =>
			issue({
				privateKey: p256PrivateKey(randomBytes(p256SeedBytes)),
				serial: serialNumber(randomBytes(16)),
				issuedAt,
				lifetimeSeconds,
				commonName: "Cellwright readiness",
				usage: "clientAuth",
				dnsNames: [],
			}).credentials,
	};
}

/** Reads once what is the same for every leaf. */
function opened(authority: Authority) {
	try {
		const certificate = new X509Certificate(authority.certificatePem);
		const key = createPrivateKey(authority.privateKeyPem);
		const secret = Buffer.from(authority.derivationSecret, "base64");
		if (!certificate.ca) throw new RangeError("its certificate isn't one of an authority");
		if (!certificate.checkPrivateKey(key)) throw new RangeError("its key isn't its certificate's");
		if (key.asymmetricKeyType !== "rsa") throw new RangeError("its key isn't an RSA key");
		if (secret.length < 32) throw new RangeError("its derivation secret has less than 32 bytes");
		return {
			issuerName: issuerNameOf(certificate.raw),
			key,
			endsAt: certificate.validToDate,
			secret,
			authorityId: authorityIdOf(authority.certificatePem),
		};
	} catch (cause) {
		const problem = cause instanceof RangeError ? cause.message : "its PEM can't be read";
		throw new ProvisionerError(
			"operator",
			"AuthorityUnusable",
			`The certificate authority can't issue: ${problem}. Restore its parameter, or make a new one.`,
		);
	}
}

function publicKeyOf(privateKey: Buffer): Buffer {
	const curve = createECDH("prime256v1");
	curve.setPrivateKey(privateKey);
	return curve.getPublicKey();
}
