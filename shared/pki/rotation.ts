import { ProvisionerError } from "../errors.ts";
import type { Roster, Standing } from "./model.ts";

/** A cell's user data has 16 KB for everything, and each authority in its `ca.crt` takes 1.1 of them. */
const mostTrusted = 4;

/** The authority that signs. */
export function currentOf({ authorities }: Roster): Standing {
	const current = authorities.find(({ role }) => role === "current");
	if (current === undefined) throw new RangeError("a roster has one current authority");
	return current;
}

export const nextOf = ({ authorities }: Roster): Standing | undefined =>
	authorities.find(({ role }) => role === "next");

/** Whom a holder of this authority's identity trusts besides, in the order in which `ca.crt` has them. */
export const alsoTrustedIdsFor = ({ authorities }: Roster, id: string): readonly string[] =>
	authorities.filter((each) => each.trusted && each.id !== id).map((each) => each.id);

/**
 * The first step: from now on, whoever is born trusts this authority as well.
 *
 * @throws ProvisionerError `invalid` when there are too many already.
 */
export function withNext(roster: Roster, id: string, now: Date): Roster {
	if (nextOf(roster) !== undefined) throw new RangeError("there is a next authority already");
	const trusted = roster.authorities.filter((each) => each.trusted).length;
	if (trusted >= mostTrusted)
		throw new ProvisionerError(
			"invalid",
			"TooManyAuthorities",
			`New cells trust ${trusted} authorities, and their user data has no room for more: retire an earlier one first.`,
		);
	const next: Standing = { id, role: "next", since: now.toISOString(), trusted: true };
	return { ...roster, authorities: [...roster.authorities, next] };
}

/**
 * The second step: the next one signs.
 *
 * @param formerTrusted whether cells that are born from now on still let the former one's clients in.
 */
export function promoted(roster: Roster, now: Date, formerTrusted: boolean): Roster {
	if (nextOf(roster) === undefined) throw new RangeError("there is no next authority");
	const since = now.toISOString();
	return {
		...roster,
		authorities: roster.authorities.map((each): Standing => {
			if (each.role === "next") return { ...each, role: "current", since };
			if (each.role === "current")
				return { ...each, role: "earlier", since, trusted: formerTrusted };
			return each;
		}),
	};
}

/**
 * The end of an authority.
 *
 * @throws ProvisionerError `invalid` unless it is one that no longer signs, or never did.
 */
export function without(roster: Roster, id: string): Roster {
	const standing = roster.authorities.find((each) => each.id === id);
	if (standing === undefined || standing.role === "current")
		throw new ProvisionerError(
			"invalid",
			"AuthorityNotRetirable",
			standing === undefined
				? `There is no authority ${id}: \`npx cellwright authority\` lists them.`
				: `Authority ${id} signs: rotate first, with \`npx cellwright authority rotate\`.`,
		);
	return { ...roster, authorities: roster.authorities.filter((each) => each.id !== id) };
}
