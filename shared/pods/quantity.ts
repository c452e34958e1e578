/**
 * Kubernetes quantities, exactly: a `bigint` of billionths ("nanos") of the base unit, which is a
 * core for CPU, a byte for memory and storage, a device for GPUs.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
import type { Fault } from "../errors.ts";
import { faultAt } from "./faults.ts";

const nanosPerUnit = 10n ** 9n;

/** Kubernetes caps every quantity at this magnitude; what is larger is taken for it. */
const maxNanos = (2n ** 63n - 1n) * nanosPerUnit;

/** More characters than any real quantity has: keeps the arithmetic below small. */
const maxLength = 64;

const decimalExponents: ReadonlyMap<string, number> = new Map([
	["n", -9],
	["u", -6],
	["m", -3],
	["", 0],
	["k", 3],
	["M", 6],
	["G", 9],
	["T", 12],
	["P", 15],
	["E", 18],
]);

const binaryExponents: ReadonlyMap<string, bigint> = new Map([
	["Ki", 10n],
	["Mi", 20n],
	["Gi", 30n],
	["Ti", 40n],
	["Pi", 50n],
	["Ei", 60n],
]);

const quantityPattern =
	/^(?<sign>[+-]?)(?:(?<whole>\d+)\.?(?<fraction>\d*)|\.(?<bare>\d+))(?:[eE](?<exponent>[+-]?\d+)|(?<suffix>[KMGTPE]i|[numkMGTPE]?))$/;

/**
 * The quantity in nanos. What is finer than a nano is rounded away from zero, and what is larger
 * than 2^63-1 units is capped, both as Kubernetes does.
 *
 * @returns undefined when the text isn't a quantity.
 */
export function parseQuantity(text: string): bigint | undefined {
	const groups = text.length > maxLength ? undefined : quantityPattern.exec(text)?.groups;
	if (groups === undefined) return undefined;
	const fraction = groups["fraction"] || groups["bare"] || "";
	const digits = BigInt((groups["whole"] ?? "") + fraction);
	const suffix = groups["suffix"] ?? "";
	const binary = 2n ** (binaryExponents.get(suffix) ?? 0n);
	const decimal = groups["exponent"] ?? decimalExponents.get(suffix) ?? 0;
	const nanos = shifted(digits * binary, Number(decimal) - fraction.length + 9);
	const capped = nanos > maxNanos ? maxNanos : nanos;
	return groups["sign"] === "-" ? -capped : capped;
}

/** `amount * 10^exponent`, rounded up; an exponent out of all proportion isn't computed. */
function shifted(amount: bigint, exponent: number): bigint {
	if (amount === 0n) return 0n;
	if (exponent > maxLength) return maxNanos;
	if (exponent < -2 * maxLength) return 1n;
	return exponent >= 0
		? amount * 10n ** BigInt(exponent)
		: ceilDiv(amount, 10n ** BigInt(-exponent));
}

/**
 * Reads a quantity that must not be negative.
 *
 * @returns undefined once a fault with its path and value was added.
 */
export function quantityAt(
	path: string,
	value: string | number,
	faults: Fault[],
): bigint | undefined {
	const text = String(value);
	const nanos = parseQuantity(text);
	if (nanos === undefined) {
		const problem =
			"isn't a quantity: a number with one of the suffixes n u m k M G T P E Ki Mi Gi Ti Pi Ei, or none";
		faults.push(faultAt(path, problem, text));
		return undefined;
	}
	if (nanos < 0n) {
		faults.push(faultAt(path, "must not be negative", text));
		return undefined;
	}
	return nanos;
}

/** Kubernetes' canonical decimal form, for CPU and counts: `1500m`, `2`, `3k`. */
export function decimalText(nanos: bigint): string {
	for (const [suffix, exponent] of [...decimalExponents].reverse()) {
		const unit = 10n ** BigInt(exponent + 9);
		if (nanos !== 0n && nanos % unit === 0n) return `${nanos / unit}${suffix}`;
	}
	return "0";
}

/** Kubernetes' canonical binary form, for memory and storage: `1536Mi`; decimal below 1 Ki. */
export function binaryText(nanos: bigint): string {
	for (const [suffix, exponent] of [...binaryExponents].reverse()) {
		const unit = 2n ** exponent * nanosPerUnit;
		if (nanos !== 0n && nanos % unit === 0n) return `${nanos / unit}${suffix}`;
	}
	return decimalText(nanos);
}

/** Thousandths of a unit, rounded up: millicores. */
export const milliOf = (nanos: bigint): number => safe(ceilDiv(nanos, 10n ** 6n));

/** Whole units, rounded up: devices. */
export const wholeOf = (nanos: bigint): number => safe(ceilDiv(nanos, nanosPerUnit));

/** Bytes in MiB, rounded up. */
export const mibOf = (nanos: bigint): number => safe(ceilDiv(nanos, nanosPerUnit << 20n));

/** Bytes in GiB, rounded up. */
export const gibOf = (nanos: bigint): number => safe(ceilDiv(nanos, nanosPerUnit << 30n));

/** Whether it is a whole number of units. */
export const isWhole = (nanos: bigint): boolean => nanos % nanosPerUnit === 0n;

/** Rounds away from zero, as Kubernetes does. */
function ceilDiv(amount: bigint, divisor: bigint): bigint {
	const quotient = amount / divisor;
	if (amount % divisor === 0n) return quotient;
	return amount < 0n ? quotient - 1n : quotient + 1n;
}

// Above 2^53 there is nothing to distinguish: no machine has nine quadrillion of anything.
const safe = (amount: bigint): number => Math.min(Number(amount), Number.MAX_SAFE_INTEGER);
