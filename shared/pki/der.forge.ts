import asn1 from "node-forge/lib/asn1.js";

/** One value of ASN.1, on its way from or to DER. */
export type Part = ReturnType<typeof asn1.create>;

const { Class, Type } = asn1;

/** The constructed bit together with SEQUENCE: what a sequence's first octet really is. */
const sequenceOctet = 0x30;

// node-forge keeps octets as "binary" strings: one character of code 0 to 255 for each.
const binary = (octets: Buffer): string => octets.toString("latin1");
const octets = (text: string): Buffer => Buffer.from(text, "latin1");

const universal = (type: number, value: string): Part =>
	asn1.create(Class.UNIVERSAL, type, false, value);

export const integer = (value: Buffer): Part => universal(Type.INTEGER, binary(value));
export const octetString = (value: Buffer): Part => universal(Type.OCTETSTRING, binary(value));
export const bitString = (value: Buffer): Part => universal(Type.BITSTRING, `\0${binary(value)}`);
export const utf8String = (value: string): Part =>
	universal(Type.UTF8, binary(Buffer.from(value, "utf8")));
export const yes = (): Part => universal(Type.BOOLEAN, "\xff");
export const nothing = (): Part => universal(Type.NULL, "");
export const oid = (dotted: string): Part => universal(Type.OID, asn1.oidToDer(dotted).getBytes());

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
export const time = (date: Date): Part =>
	date.getUTCFullYear() < 2050
		? universal(Type.UTCTIME, asn1.dateToUtcTime(date))
		: universal(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));

export const sequence = (...parts: Part[]): Part =>
	asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);

export const setOf = (part: Part): Part => asn1.create(Class.UNIVERSAL, Type.SET, true, [part]);

/** `[tag] EXPLICIT`. */
export const explicit = (tag: number, inner: Part): Part =>
	asn1.create(Class.CONTEXT_SPECIFIC, tag, true, [inner]);

/** `[tag] IMPLICIT` of a string of octets. */
export const implicit = (tag: number, value: Buffer): Part =>
	asn1.create(Class.CONTEXT_SPECIFIC, tag, false, binary(value));

/** A sequence whose parts are encoded already: what was signed must not be encoded again. */
export const sequenceOfEncoded = (...parts: Buffer[]): Part =>
	universal(sequenceOctet, binary(Buffer.concat(parts)));

export const encoded = (part: Part): Buffer => octets(asn1.toDer(part).getBytes());

/** @throws Error when the octets aren't DER. */
export const decoded = (der: Buffer): Part => asn1.fromDer(binary(der));

/** The parts of a constructed value; none of a primitive one. */
export const partsOf = ({ value }: Part): readonly Part[] =>
	typeof value === "string" ? [] : value;

/** The octets of a primitive value; none of a constructed one. */
export const contentOf = ({ value }: Part): Buffer =>
	octets(typeof value === "string" ? value : "");
