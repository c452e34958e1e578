// ASN.1's distinguished encoding, as much of it as a certificate takes. A value is its encoding: tag, length,
// contents. node-forge, which does the same, is ten times this in every bundle that issues (docs/adr/0007-bundles.md).

/** One encoded value. */
export type Part = Buffer;

/** Tags of X.690; of the constructed ones with the bit that says so. */
const tags = {
	boolean: 0x01,
	integer: 0x02,
	bitString: 0x03,
	octetString: 0x04,
	nothing: 0x05,
	oid: 0x06,
	utf8String: 0x0c,
	utcTime: 0x17,
	generalizedTime: 0x18,
	sequence: 0x30,
	set: 0x31,
} as const;
const constructed = 0x20;
const contextSpecific = 0x80;

/** @param value in two's complement, without needless octets in front. */
export const integer = (value: Buffer): Part => encoded(tags.integer, value);
export const octetString = (value: Buffer): Part => encoded(tags.octetString, value);
/** Of whole octets. */
export const bitString = (value: Buffer): Part =>
	encoded(tags.bitString, Buffer.concat([Buffer.of(0), value]));
export const utf8String = (value: string): Part =>
	encoded(tags.utf8String, Buffer.from(value, "utf8"));
export const yes = (): Part => encoded(tags.boolean, Buffer.of(0xff));
export const nothing = (): Part => encoded(tags.nothing, Buffer.of());

/** An object identifier, `1.2.840.…`; its first two numbers share an octet. */
export const oid = (dotted: string): Part => {
	const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
	return encoded(tags.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
};

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
export const time = (date: Date): Part => {
	const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
	return date.getUTCFullYear() < 2050
		? encoded(tags.utcTime, Buffer.from(digits.slice(2), "ascii"))
		: encoded(tags.generalizedTime, Buffer.from(digits, "ascii"));
};

export const sequence = (...parts: Part[]): Part => encoded(tags.sequence, Buffer.concat(parts));

export const setOf = (part: Part): Part => encoded(tags.set, part);

/** `[tag] EXPLICIT`. */
export const explicit = (tag: number, inner: Part): Part =>
	encoded(contextSpecific | constructed | tag, inner);

/** `[tag] IMPLICIT` of a string of octets. */
export const implicit = (tag: number, value: Buffer): Part => encoded(contextSpecific | tag, value);

/**
 * The parts of a constructed value; none of a primitive one.
 *
 * @throws RangeError when the octets aren't DER.
 */
export function partsOf(part: Part): readonly Part[] {
	if (((part[0] ?? 0) & constructed) === 0) return [];
	const parts: Part[] = [];
	for (let rest = contentsOf(part); rest.length > 0; ) {
		const { end } = extentOf(rest);
		parts.push(rest.subarray(0, end));
		rest = rest.subarray(end);
	}
	return parts;
}

/**
 * The octets between a value's length and its end.
 *
 * @throws RangeError when the octets aren't DER.
 */
export function contentsOf(part: Part): Buffer {
	const { start, end } = extentOf(part);
	return part.subarray(start, end);
}

const encoded = (tag: number, contents: Buffer): Part =>
	Buffer.concat([Buffer.of(tag, ...lengthOctets(contents.length)), contents]);

/** Up to 127 in one octet; above, how many octets follow, and those. */
const lengthOctets = (length: number): number[] => {
	if (length < 0x80) return [length];
	const octets: number[] = [];
	for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
	return [0x80 | octets.length, ...octets];
};

/** Seven bits an octet, the high bit set on all but the last. */
const base128 = (value: number): number[] => {
	const octets = [value % 128];
	for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
		octets.unshift(0x80 | (rest % 128));
	}
	return octets;
};

/** Where the contents of the first value begin and end. */
function extentOf(octets: Buffer): { start: number; end: number } {
	const [tag = 0x1f, first = 0xff] = octets;
	const more = first < 0x80 ? 0 : first & 0x7f;
	const start = 2 + more;
	// Neither tags of several octets nor lengths above 4 GB occur in certificates.
	if ((tag & 0x1f) === 0x1f || first === 0x80 || more > 4 || octets.length < start) throw notDer();
	const length = more === 0 ? first : octets.readUIntBE(2, more);
	if (octets.length < start + length) throw notDer();
	return { start, end: start + length };
}

const notDer = () => new RangeError("its certificate isn't DER");
