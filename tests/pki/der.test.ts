import fc from "fast-check";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
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
} from "../../shared/pki/der.ts";

const { asn1 } = forge;
const { Class, Type } = asn1;
type Theirs = ReturnType<typeof asn1.create>;
/** The same value, by us and by node-forge. */
type Both = Readonly<{ ours: Part; theirs: Theirs }>;

const binary = (octets: Uint8Array): string => Buffer.from(octets).toString("latin1");
const derOf = (value: Theirs): Buffer => Buffer.from(asn1.toDer(value).getBytes(), "latin1");
const simple = (type: number, value: string): Theirs =>
	asn1.create(Class.UNIVERSAL, type, false, value);

const octets = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const dotted = fc
	.tuple(
		fc.integer({ min: 0, max: 2 }),
		fc.integer({ min: 0, max: 39 }),
		fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 8 }),
	)
	.map(([first, second, rest]) => [first, second, ...rest].join("."));
/** What X.509 can say: whole seconds from 1950 to 9999. */
const instant = fc
	.integer({ min: Date.UTC(1950, 0, 1) / 1_000, max: Date.UTC(9999, 11, 31) / 1_000 })
	.map((seconds) => new Date(seconds * 1_000));

const { value } = fc.letrec<{ value: Both; leaf: Both; list: Both[] }>((tie) => ({
	leaf: fc.oneof(
		octets.map(
			(of): Both => ({ ours: octetString(of), theirs: simple(Type.OCTETSTRING, binary(of)) }),
		),
		octets.map((of): Both => {
			// The length of a BIT STRING begins with how many bits of its last octet are unused.
			return { ours: bitString(of), theirs: simple(Type.BITSTRING, `\0${binary(of)}`) };
		}),
		octets.map((of): Both => {
			const positive = Buffer.concat([Buffer.of(0x40), of]);
			return { ours: integer(positive), theirs: simple(Type.INTEGER, binary(positive)) };
		}),
		fc.string({ unit: "grapheme", maxLength: 200 }).map((text): Both => {
			return { ours: utf8String(text), theirs: simple(Type.UTF8, binary(Buffer.from(text))) };
		}),
		dotted.map((id): Both => {
			return { ours: oid(id), theirs: simple(Type.OID, asn1.oidToDer(id).getBytes()) };
		}),
		instant.map((date): Both => {
			const theirs =
				date.getUTCFullYear() < 2050
					? simple(Type.UTCTIME, String(asn1.dateToUtcTime(date)))
					: simple(Type.GENERALIZEDTIME, String(asn1.dateToGeneralizedTime(date)));
			return { ours: time(date), theirs };
		}),
		octets.map((of): Both => {
			// Not [2]: node-forge takes that for an INTEGER, and may drop a first octet.
			const theirs = asn1.create(Class.CONTEXT_SPECIFIC, 0, false, binary(of));
			return { ours: implicit(0, of), theirs };
		}),
		fc.constantFrom<Both>(
			{ ours: yes(), theirs: simple(Type.BOOLEAN, "\xff") },
			{ ours: nothing(), theirs: simple(Type.NULL, "") },
		),
	),
	list: fc.array(tie("value"), { maxLength: 4 }),
	value: fc.oneof(
		{ maxDepth: 4 },
		tie("leaf"),
		tie("list").map((parts): Both => {
			const theirs = asn1.create(
				Class.UNIVERSAL,
				Type.SEQUENCE,
				true,
				parts.map((part) => part.theirs),
			);
			return { ours: sequence(...parts.map((part) => part.ours)), theirs };
		}),
		tie("value").map((part): Both => {
			const theirs = asn1.create(Class.UNIVERSAL, Type.SET, true, [part.theirs]);
			return { ours: setOf(part.ours), theirs };
		}),
		tie("value").map((part): Both => {
			const theirs = asn1.create(Class.CONTEXT_SPECIFIC, 3, true, [part.theirs]);
			return { ours: explicit(3, part.ours), theirs };
		}),
	),
}));

describe("values of ASN.1", () => {
	it("are encoded as by node-forge, whatever they hold", () => {
		fc.assert(
			fc.property(value, ({ ours, theirs }) => {
				expect(ours.toString("hex")).toBe(derOf(theirs).toString("hex"));
			}),
			{ numRuns: 500 },
		);
	});

	it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])("hold %i octets", (length) => {
		const contents = Buffer.alloc(length, 7);
		const part = octetString(contents);
		expect(part).toEqual(derOf(simple(Type.OCTETSTRING, binary(contents))));
		expect(contentsOf(part)).toEqual(contents);
	});

	it("come apart into what they were put together from", () => {
		fc.assert(
			fc.property(fc.array(value, { maxLength: 5 }), (both) => {
				const parts = both.map(({ ours }) => ours);
				expect(partsOf(sequence(...parts))).toEqual(parts);
			}),
		);
	});

	it("have no parts when they are primitive", () => {
		expect(partsOf(octetString(sequence(yes())))).toEqual([]);
	});
});

describe("octets that aren't DER", () => {
	it.each([
		{ what: "nothing", octets: [] },
		{ what: "a tag alone", octets: [0x30] },
		{ what: "less than its length says", octets: [0x30, 3, 1, 1] },
		{ what: "a part that ends after the whole", octets: [0x30, 2, 4, 9] },
		{ what: "a length without its octets", octets: [0x30, 0x82, 1] },
		{ what: "a length of its own end", octets: [0x30, 0x80, 0, 0] },
		{ what: "a length of five octets", octets: [0x30, 0x85, 0, 0, 0, 0, 0] },
		{ what: "a tag of several octets", octets: [0x3f, 0x81, 1, 0] },
	])("are refused: $what", ({ octets: given }) => {
		const whole = Buffer.from(given);
		expect(() => [contentsOf(whole), partsOf(whole)]).toThrow(RangeError);
	});

	it("are refused or read, whatever they are, and nothing is read twice", () => {
		fc.assert(
			fc.property(octets, (given) => {
				try {
					const read = partsOf(given).reduce((sum, part) => sum + part.length, 0);
					expect(read).toBeLessThanOrEqual(given.length);
				} catch (error) {
					expect(error).toBeInstanceOf(RangeError);
				}
			}),
		);
	});
});
