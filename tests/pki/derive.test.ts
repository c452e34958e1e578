import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	cellPrivateKey,
	cellSerialNumber,
	p256PrivateKey,
	serialNumber,
	validity,
} from "../../shared/pki/derive.ts";
import { anIdentityPlan } from "../support/authorities.ts";

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const scalar = (key: Buffer): bigint => BigInt(`0x${key.toString("hex")}`);
const seed = (fill: number, length = 48): Uint8Array => new Uint8Array(length).fill(fill);
const secret = Buffer.alloc(32, 7);

/** 48 bytes that hold this number. */
const seedOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(96, "0"), "hex");

describe("p256PrivateKey", () => {
	it.each([
		{ when: "the seed is zero", from: 0n, to: 1n },
		{ when: "the seed is the last that isn't reduced", from: order - 2n, to: order - 1n },
		{ when: "the seed would give the order itself", from: order - 1n, to: 1n },
		{ when: "the seed is above the order", from: order + 41n, to: 43n },
	])("stays between 1 and the order less 1 when $when", ({ from, to }) => {
		expect(scalar(p256PrivateKey(seedOf(from)))).toBe(to);
	});

	it("is 32 octets and in range for any seed", () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => {
				const key = p256PrivateKey(bytes);
				expect(key).toHaveLength(32);
				expect(scalar(key) > 0n && scalar(key) < order).toBe(true);
			}),
		);
	});
});

describe("serialNumber", () => {
	it.each([0x00, 0x7f, 0x80, 0xff])("is positive and 16 octets long for bytes of %i", (fill) => {
		const serial = serialNumber(seed(fill, 16));
		expect(serial).toHaveLength(16);
		expect(serial[0]).toBeGreaterThanOrEqual(0x40);
		expect(serial[0]).toBeLessThan(0x80);
	});
});

describe("what a cell's identity is derived from", () => {
	it.each([
		{ when: "the name differs", plan: anIdentityPlan({ cellName: "other" }) },
		{ when: "the attempt differs", plan: anIdentityPlan({ attempt: 2 }) },
		// Texts that a careless join of name and attempt would confuse.
		{
			when: "name and attempt join to the same text",
			plan: anIdentityPlan({ cellName: "cell-3f2a1" }),
		},
	])("gives another key and serial when $when", ({ plan }) => {
		const first = anIdentityPlan({ attempt: 11, issuedAt: plan.issuedAt });
		expect(cellPrivateKey(secret, plan)).not.toEqual(cellPrivateKey(secret, first));
		expect(cellSerialNumber(secret, plan)).not.toEqual(cellSerialNumber(secret, first));
	});

	it("gives another key under another authority's secret", () => {
		const plan = anIdentityPlan();
		expect(cellPrivateKey(secret, plan)).not.toEqual(cellPrivateKey(Buffer.alloc(32, 8), plan));
	});

	it("keeps the key but not the serial when only the dates differ", () => {
		const plan = anIdentityPlan({ issuedAt: new Date(0) });
		const later = anIdentityPlan({ issuedAt: new Date(1_000) });
		expect(cellPrivateKey(secret, plan)).toEqual(cellPrivateKey(secret, later));
		expect(cellSerialNumber(secret, plan)).not.toEqual(cellSerialNumber(secret, later));
	});
});

describe("validity", () => {
	it("is backdated by five minutes and counted in whole seconds", () => {
		expect(validity(new Date("2026-11-23T10:00:00.987Z"), 60)).toEqual({
			notBefore: new Date("2026-11-23T09:55:00Z"),
			notAfter: new Date("2026-11-23T10:01:00Z"),
		});
	});
});
