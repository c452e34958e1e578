import {
	bitString,
	contentsOf,
	explicit,
	implicit,
	integer,
	nothing,
	octetString,
	oid,
	type Part,
	partsOf,
	sequence,
	setOf,
	time,
	utf8String,
	yes,
} from "./der.ts";

/** What a leaf says: RFC 5280's to-be-signed certificate, with our choices made. */
export type Leaf = Readonly<{
	serial: Buffer;
	issuer: IssuerName;
	notBefore: Date;
	notAfter: Date;
	commonName: string;
	/** Uncompressed point, 65 octets. */
	publicKey: Buffer;
	usage: "serverAuth" | "clientAuth";
	dnsNames: readonly string[];
}>;

/** How a leaf points at its authority. */
type IssuerName = Readonly<{
	/** The authority's subject as it stands there: Go compares encodings, not names. */
	name: Part;
	/** Tells apart two authorities of one name, as there are while one replaces the other. */
	keyId: Buffer | undefined;
}>;

const extendedKeyUsages = {
	serverAuth: "1.3.6.1.5.5.7.3.1",
	clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

const subjectKeyIdentifier = oid("2.5.29.14");

const sha256WithRsa = sequence(oid("1.2.840.113549.1.1.11"), nothing());

const p256 = oid("1.2.840.10045.3.1.7");

const p256Algorithm = sequence(oid("1.2.840.10045.2.1"), p256);

/** The only bit, digitalSignature, is the first of eight: seven are unused. */
const digitalSignature = Buffer.of(0x03, 0x02, 0x07, 0x80);

/** Encodes what the authority signs. */
export const toBeSigned = (leaf: Leaf): Buffer =>
	sequence(
		explicit(0, integer(Buffer.of(2))), // v3
		integer(leaf.serial),
		sha256WithRsa,
		leaf.issuer.name,
		sequence(time(leaf.notBefore), time(leaf.notAfter)),
		sequence(setOf(sequence(oid("2.5.4.3"), utf8String(leaf.commonName)))),
		sequence(p256Algorithm, bitString(leaf.publicKey)),
		explicit(3, sequence(...extensionsOf(leaf))),
	);

/** The certificate's DER: what was signed, how, and the signature. */
export const signed = (tbs: Buffer, signature: Buffer): Buffer =>
	sequence(tbs, sha256WithRsa, bitString(signature));

/** A P-256 key in the form of SEC 1 (RFC 5915). */
export const sec1 = (privateKey: Buffer, publicKey: Buffer): Buffer =>
	sequence(
		integer(Buffer.of(1)),
		octetString(privateKey),
		explicit(0, p256),
		explicit(1, bitString(publicKey)),
	);

/**
 * What leaves must say about their authority.
 *
 * @throws Error when the octets aren't those of an X.509 v3 certificate.
 */
export function issuerNameOf(authority: Buffer): IssuerName {
	const fields = partsOf(authority).slice(0, 1).flatMap(partsOf);
	// version, serial, algorithm, issuer, validity, subject, key; extensions last
	const name = fields[5];
	if (name === undefined) throw new RangeError("not an X.509 v3 certificate");
	const extensions = fields.slice(7).flatMap(partsOf).flatMap(partsOf).map(partsOf);
	const [, keyId] = extensions.find(([id]) => id?.equals(subjectKeyIdentifier)) ?? [];
	return { name, keyId: keyId && contentsOf(contentsOf(keyId)) };
}

/** PEM with lines of 64 characters, as RFC 7468 wants them. */
export const pem = (label: string, der: Buffer): string =>
	[
		`-----BEGIN ${label}-----`,
		...(der.toString("base64").match(/.{1,64}/g) ?? []),
		`-----END ${label}-----\n`,
	].join("\n");

function* extensionsOf({ usage, dnsNames, issuer }: Leaf): Generator<Part> {
	yield sequence(oid("2.5.29.15"), yes(), octetString(digitalSignature)); // keyUsage, critical
	yield extension("2.5.29.37", sequence(oid(extendedKeyUsages[usage])));
	if (dnsNames.length > 0) {
		const names = dnsNames.map((name) => implicit(2, Buffer.from(name, "ascii")));
		yield extension("2.5.29.17", sequence(...names));
	}
	if (issuer.keyId !== undefined) {
		yield extension("2.5.29.35", sequence(implicit(0, issuer.keyId)));
	}
}

const extension = (id: string, value: Part): Part => sequence(oid(id), octetString(value));
