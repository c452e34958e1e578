import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { toBeSigned } from "../../shared/pki/certificate.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";

const day = 24 * 3_600;
const { authority, issuer } = anAuthority();
const certificate = (pem: string): X509Certificate => new X509Certificate(pem);
const leaf = issuer.cell(anIdentityPlan());

describe("newAuthority", () => {
	const ca = certificate(authority.certificatePem);

	it("is an RSA authority of its own that may sign certificates for ten years", () => {
		expect(ca.ca).toBe(true);
		expect(ca.subject).toBe("CN=Cellwright cells");
		expect(ca.issuer).toBe(ca.subject);
		expect(ca.verify(ca.publicKey)).toBe(true);
		expect(ca.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2_048);
		const years = (ca.validToDate.getTime() - Date.now()) / 1_000 / day / 365;
		expect(years).toBeCloseTo(10, 2);
	});

	it("is another one each time", () => {
		const other = newAuthority(new Date());
		expect(other.derivationSecret).not.toBe(authority.derivationSecret);
		expect(other.privateKeyPem).not.toBe(authority.privateKeyPem);
	});

	it("fits a standard parameter of 4 KB", () => {
		expect(JSON.stringify(authority).length).toBeLessThan(4_096);
	});
});

describe("a cell's identity", () => {
	const cell = certificate(leaf.credentials.certificatePem);

	it("is signed by the authority, for MilpaNode and for itself, as a server only", () => {
		const ca = certificate(authority.certificatePem);
		expect(cell.verify(ca.publicKey)).toBe(true);
		expect(cell.checkIssued(ca)).toBe(true);
		expect(cell.subjectAltName).toBe("DNS:MilpaNode, DNS:cell-3f2a");
		expect(cell.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
		expect(cell.ca).toBe(false);
	});

	it("comes with the certificate's own key, in SEC 1", () => {
		const { keyPem } = leaf.credentials;
		expect(keyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
		const key = createPrivateKey(keyPem);
		expect(key.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
		expect(cell.checkPrivateKey(key)).toBe(true);
		// What OpenSSL would write for the same key is what we wrote.
		expect(key.export({ type: "sec1", format: "pem" })).toBe(keyPem);
	});

	it("is recorded by the SHA-256 of its DER", () => {
		expect(leaf.fingerprint).toBe(cell.fingerprint256.replaceAll(":", "").toLowerCase());
	});

	it("is valid from five minutes before its plan to the end of the cell's longest life", () => {
		const issuedAt = new Date("2027-01-01T00:00:00.5Z");
		const { credentials } = issuer.cell(anIdentityPlan({ issuedAt, lifetimeSeconds: day }));
		const { validFromDate, validToDate } = certificate(credentials.certificatePem);
		expect(validFromDate).toEqual(new Date("2026-12-31T23:55:00Z"));
		expect(validToDate).toEqual(new Date("2027-01-02T00:00:00Z"));
	});

	it("ends no later than its authority", () => {
		const lifetimeSeconds = 20 * 365 * day;
		const { credentials } = issuer.cell(anIdentityPlan({ lifetimeSeconds }));
		expect(certificate(credentials.certificatePem).validToDate).toEqual(
			certificate(authority.certificatePem).validToDate,
		);
	});

	it("brings every authority that is trusted beside its own", () => {
		const next = newAuthority(new Date());
		const both = forgeIssuer(authority, [next.certificatePem]);
		expect(both.cell(anIdentityPlan()).credentials.caPem).toBe(
			authority.certificatePem + next.certificatePem,
		);
	});

	it.each(["", "Upper", "dots.are.names", "-dash", "a".repeat(64)])(
		"is refused for the name %j, which is no DNS label",
		(cellName) => {
			expect(() => issuer.cell(anIdentityPlan({ cellName }))).toThrow(RangeError);
		},
	);

	it("is the same bytes for the same plan, also from an issuer that was made anew", () => {
		const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
		const plans = fc.record({
			cellName: label,
			attempt: fc.nat({ max: 1_000 }),
			issuedAt: fc.date({
				min: new Date("2026-01-01"),
				max: new Date("2034-01-01"),
				noInvalidDate: true,
			}),
			lifetimeSeconds: fc.integer({ min: 60, max: 365 * day }),
		});
		const again = forgeIssuer(authority);
		fc.assert(
			fc.property(plans, (plan) => {
				expect(again.cell({ ...plan })).toEqual(issuer.cell(plan));
			}),
			{ numRuns: 50 },
		);
	});

	it("shares no key, serial or fingerprint among 10,000 cells and attempts", () => {
		const issuedAt = new Date();
		const cells = Array.from({ length: 10_000 }, (_, index) =>
			issuer.cell(anIdentityPlan({ cellName: `cell-${index >> 1}`, attempt: index & 1, issuedAt })),
		);
		const serials = cells.map((one) => certificate(one.credentials.certificatePem).serialNumber);
		expect(new Set(cells.map((one) => one.credentials.keyPem)).size).toBe(10_000);
		expect(new Set(cells.map((one) => one.fingerprint)).size).toBe(10_000);
		expect(new Set(serials).size).toBe(10_000);
	});
});

describe("the client's credentials", () => {
	const client = issuer.client(new Date(), day);

	it("are for a client only and name nobody", () => {
		const { keyUsage, subjectAltName } = certificate(client.certificatePem);
		expect(keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
		expect(subjectAltName).toBeUndefined();
	});

	it("have a random key", () => {
		expect(issuer.client(new Date(), day).keyPem).not.toBe(client.keyPem);
	});
});

describe("forgeIssuer", () => {
	const other = newAuthority(new Date());

	it.each([
		{ when: "the key is another's", broken: { privateKeyPem: other.privateKeyPem } },
		{
			when: "the certificate is a leaf",
			broken: { certificatePem: leaf.credentials.certificatePem },
		},
		{ when: "the certificate is no PEM", broken: { certificatePem: "ca" } },
		{ when: "the key is no PEM", broken: { privateKeyPem: "secret" } },
		{ when: "the derivation secret is short", broken: { derivationSecret: "c2hvcnQ=" } },
	])("asks for a human when $when, and shows nothing secret", ({ broken }) => {
		const unusable = { ...authority, ...broken };
		let thrown: unknown;
		try {
			forgeIssuer(unusable);
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toMatchObject({ kind: "operator", reason: "AuthorityUnusable" });
		expect(String(thrown)).not.toContain(unusable.privateKeyPem);
		expect(String(thrown)).not.toContain(unusable.derivationSecret);
	});
});

describe("the certificate's encoding", () => {
	it("copies the issuer byte for byte from its authority's subject", () => {
		const subject = forge.pki.certificateFromPem(authority.certificatePem).subject;
		const der = forge.asn1.toDer(forge.pki.distinguishedNameToAsn1(subject)).getBytes();
		const raw = certificate(leaf.credentials.certificatePem).raw.toString("latin1");
		expect(raw.split(der)).toHaveLength(2);
	});

	it.each([
		{ when: "it ends before 2050", notAfter: new Date("2049-12-31T23:59:59Z") },
		{ when: "it ends in 2050", notAfter: new Date("2050-01-01T00:00:00Z") },
	])("is node-forge's own, but for the key, when $when", ({ notAfter }) => {
		const notBefore = new Date("2026-11-23T10:00:00Z");
		const serial = Buffer.from("4a".repeat(16), "hex");
		const keyId = Buffer.alloc(20, 5);
		const theirs = forge.pki.createCertificate();
		theirs.publicKey = forge.pki.certificateFromPem(authority.certificatePem).publicKey;
		theirs.serialNumber = serial.toString("hex");
		theirs.validity.notBefore = notBefore;
		theirs.validity.notAfter = notAfter;
		theirs.setSubject([{ name: "commonName", value: "cell-1" }]);
		theirs.setIssuer([{ name: "commonName", value: "Authority" }]);
		for (const { attributes } of [theirs.subject, theirs.issuer]) {
			// The types want a class here, the code a type.
			Object.assign(attributes[0] ?? {}, { valueTagClass: forge.asn1.Type.UTF8 });
		}
		theirs.setExtensions([
			{ name: "keyUsage", critical: true, digitalSignature: true },
			{ name: "extKeyUsage", serverAuth: true },
			{
				name: "subjectAltName",
				altNames: [
					{ type: 2, value: "MilpaNode" },
					{ type: 2, value: "cell-1" },
				],
			},
			{ name: "authorityKeyIdentifier", keyIdentifier: keyId.toString("latin1") },
		]);
		// What `sign` would set; RSA with SHA-256.
		Object.assign(theirs, { signatureOid: forge.pki.oids["sha256WithRSAEncryption"] });
		Object.assign(theirs.siginfo, { algorithmOid: forge.pki.oids["sha256WithRSAEncryption"] });

		const ours = toBeSigned({
			serial,
			issuer: {
				name: Buffer.from(
					forge.asn1.toDer(forge.pki.distinguishedNameToAsn1(theirs.issuer)).getBytes(),
					"latin1",
				),
				keyId,
			},
			notBefore,
			notAfter,
			commonName: "cell-1",
			publicKey: Buffer.alloc(65, 4),
			usage: "serverAuth",
			dnsNames: ["MilpaNode", "cell-1"],
		});
		expect(fieldsBut(6, forge.asn1.fromDer(ours.toString("latin1")))).toEqual(
			fieldsBut(6, forge.pki.getTBSCertificate(theirs)),
		);
	});
});

describe("openssl", { skip: !hasOpenssl() }, () => {
	let folder = "";
	const file = (name: string, text: string): string => {
		const path = join(folder, name);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	};
	const openssl = (...args: string[]): string =>
		execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "cellwright-pki-"));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	it.each([
		{ who: "a cell", purpose: "sslserver", pem: leaf.credentials.certificatePem },
		{ who: "the client", purpose: "sslclient", pem: issuer.client(new Date(), day).certificatePem },
	])("verifies the chain of $who strictly", ({ purpose, pem }) => {
		const ca = file("ca.crt", authority.certificatePem);
		const path = file("leaf.crt", pem);
		const verify = ["verify", "-x509_strict", "-CAfile", ca, "-purpose", purpose, path];
		expect(openssl(...verify)).toBe(`${path}: OK\n`);
	});

	it("reads the SEC 1 key and finds it sound", () => {
		const key = file("server.key", leaf.credentials.keyPem);
		openssl("ec", "-in", key, "-check", "-noout");
		expect(openssl("ec", "-in", key, "-pubout")).toBe(
			createPublicKey(leaf.credentials.keyPem).export({ type: "spki", format: "pem" }),
		);
	});
});

/** DER of every field of a sequence but one, in hex. */
const fieldsBut = (left: number, { value }: forge.asn1.Asn1): string[] =>
	(typeof value === "string" ? [] : value)
		.map((field) => forge.util.bytesToHex(forge.asn1.toDer(field).getBytes()))
		.filter((_, index) => index !== left);

function hasOpenssl(): boolean {
	try {
		execFileSync("openssl", ["version"], { stdio: "ignore" });
		return true;
	} catch {
		process.stderr.write("openssl isn't on the PATH: its verdict on our certificates is skipped\n");
		return false;
	}
}
