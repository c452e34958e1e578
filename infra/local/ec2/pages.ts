import * as z from "zod";
import { Ec2Fault, invalidCombination, invalidValue } from "./fault.ts";
import { wholeNumber } from "./query.ts";

/** The paging parameters, part of every Describe action's shape. */
export const paging = { MaxResults: wholeNumber.optional(), NextToken: z.string().optional() };

/** How many things a page may show, and whether answers come in pages unasked. */
type PageSizes = Readonly<{ most: number; always: boolean }>;

type Paging = Readonly<{ MaxResults?: number | undefined; NextToken?: string | undefined }>;

/**
 * One page of things that are in a stable order.
 *
 * The token names the last thing that was shown, so that what comes or goes between two calls
 * moves nothing from one page to another.
 *
 * @param byId whether the request names ids: EC2 allows no paging there.
 */
export function page<Thing>(
	things: readonly Thing[],
	idOf: (thing: Thing) => string,
	{ MaxResults, NextToken }: Paging,
	byId: boolean,
	{ most, always }: PageSizes = { most: 1000, always: false },
): { shown: readonly Thing[]; nextToken: string | undefined } {
	if (MaxResults === undefined && NextToken === undefined && !always) {
		return { shown: things, nextToken: undefined };
	}
	if (byId) {
		throw invalidCombination("The parameter MaxResults cannot be used with a list of ids");
	}
	const size = MaxResults ?? most;
	if (size < 5 || size > most) {
		throw invalidValue(
			`Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between 5 and ${most}.`,
		);
	}
	const rest = NextToken === undefined ? things : after(things, idOf, NextToken);
	const shown = rest.slice(0, size);
	const last = shown.at(-1);
	const more = rest.length > size && last !== undefined;
	return { shown, nextToken: more ? tokenOf(idOf(last)) : undefined };
}

const tokenOf = (id: string): string => Buffer.from(`after ${id}`).toString("base64url");

function after<Thing>(
	things: readonly Thing[],
	idOf: (thing: Thing) => string,
	token: string,
): readonly Thing[] {
	const text = Buffer.from(token, "base64url").toString();
	const index = things.findIndex((thing) => `after ${idOf(thing)}` === text);
	if (index >= 0) return things.slice(index + 1);
	throw new Ec2Fault("InvalidNextToken", "The token is invalid or has expired.");
}
