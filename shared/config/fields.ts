import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import { parseQuantity } from "../pods/quantity.ts";
import { LooseNumber } from "./yaml.ts";

// The pieces that provider.yaml's schema is made of. Each says what it expects, in faults and in the reference
// (`expected`); a fault's first word is Kip's: Required, Invalid or Unsupported.

/** What zod tells about a wrong value, as far as it matters here. */
type Issue = Readonly<{ input: unknown }>;

/** What Kip's templates have in the place of a value. */
const placeholder = "FILL_IN";

const says = (expected: string) => ({
	error: ({ input }: Issue) =>
		input === undefined || input === placeholder
			? `Required: ${expected}`
			: `Invalid: must be ${expected}`,
});

/** Text; scalars become text as in Kip, except numbers that lose their form on the way. */
export const text = (expected: string, accepts: (text: string) => boolean = () => true) =>
	z
		.union([z.string(), z.number(), z.boolean()], {
			error: ({ input }: Issue) =>
				input instanceof LooseNumber
					? "Invalid: put it in quotes; without them YAML reads a number and loses its form"
					: says(expected).error({ input }),
		})
		.transform((value) => String(value).trim())
		.refine((value) => value !== placeholder && accepts(value), says(expected))
		.meta({ expected });

/** Text of which every part between white space is accepted. */
export const words = (expected: string, accepts: (word: string) => boolean) =>
	text(expected, (value) => value.split(/\s+/).every((word) => word === "" || accepts(word)));

/** A whole number within bounds, both included. */
export const integer = (expected: string, least: number, most: number) =>
	z.int(says(expected)).min(least, says(expected)).max(most, says(expected)).meta({ expected });

/** A decimal number within bounds; `0.10` is one, although YAML readers drop its zero. */
export const decimal = (expected: string, least: number, most: number) =>
	z
		.union([z.number(), z.instanceof(LooseNumber)], says(expected))
		.transform((value) => (typeof value === "number" ? value : decimalOf(value)))
		.refine((value) => value >= least && value <= most, says(expected))
		.meta({ expected });

const decimalOf = ({ text: digits }: LooseNumber): number =>
	/^\+?\d+\.\d+$/.test(digits) ? Number(digits) : Number.NaN;

export const flag = () => z.boolean(says("true or false, without quotes"));

export const choice = <const Words extends readonly [string, ...string[]]>(options: Words) =>
	z.enum(options, says(alternatives(options)));

/** `a or b`, `a, b or c`. */
const alternatives = (words: readonly string[]): string =>
	[words.slice(0, -1).join(", "), ...words.slice(-1)].join(" or ");

export const listOf = <Item extends z.ZodType>(item: Item, expected: string) =>
	z.array(item, says(expected)).meta({ expected });

/** A Kubernetes quantity of bytes, in whole units rounded up. */
export const bytes = (
	expected: string,
	least: string,
	most: string,
	unitOf: (quantity: bigint) => number,
) =>
	z
		.union([z.string(), z.number(), z.instanceof(LooseNumber)], says(expected))
		.transform((value) => parseQuantity(String(value).trim()))
		.refine((value) => isBetween(value, parseQuantity(least), parseQuantity(most)), says(expected))
		.transform((value) => unitOf(value ?? 0n))
		.meta({ expected });

const isBetween = <T extends bigint | number>(value?: T, least?: T, most?: T): boolean =>
	value !== undefined &&
	(least === undefined || value >= least) &&
	(most === undefined || value <= most);

/** A whole number of minutes, hours or days within bounds, both included; in seconds. */
export const duration = (expected: string, least: string, most: string) =>
	text(expected)
		.transform((value) => durationSeconds(value))
		.refine(
			(seconds) => isBetween(seconds, durationSeconds(least), durationSeconds(most)),
			says(expected),
		)
		.transform((seconds) => seconds ?? 0)
		.meta({ expected });

const unitSeconds: ReadonlyMap<string, number> = new Map([
	["m", 60],
	["h", 3_600],
	["d", 86_400],
]);

/** `72h` as seconds; undefined for what isn't of this form. */
export function durationSeconds(value: string): number | undefined {
	const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(value) ?? [];
	const seconds = unitSeconds.get(unit);
	return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
}

/**
 * Accepted because Kip's files have it.
 *
 * @param kip what it was to Kip, for the reference.
 * @param why what the operator reads in the warning.
 */
export const withoutEffect = (kip: string, why: string) =>
	z
		.unknown()
		.optional()
		.meta({ description: `Accepted and without effect: ${why}`, kip, withoutEffect: why });

/** `10.0.0.0/16` or `fd00::/8`. */
export function isCidr(value: string): boolean {
	const [address = "", prefix = "", ...more] = value.split("/");
	if (more.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
	return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
}

/** EC2's ids: a prefix and 8 or 17 hexadecimal digits. */
export const isId = (prefix: string) => {
	const form = new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`);
	return (value: string): boolean => form.test(value);
};
