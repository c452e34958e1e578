import { forgeIssuer } from "./issuer.forge.ts";
import type { Issuer, Issuers, Roster, Vault } from "./model.ts";
import { alsoTrustedIdsFor, currentOf } from "./rotation.ts";

/**
 * The vault's authorities as issuers.
 *
 * An authority never changes, so what was opened once is kept; only the roster is read again. A plan is
 * issued by the ids that it names, known or not, without asking the roster.
 *
 * @param cacheSeconds for how long a process may not notice a rotation.
 */
export function forgeIssuers(vault: Vault, cacheSeconds: number, now: () => Date): Issuers {
	const opened = new Map<string, Issuer>();
	let known: { roster: Roster; readAtMs: number } | undefined;

	const issuerOf = async (
		authorityId: string | undefined,
		alsoTrustedIds: readonly string[],
		signal: AbortSignal,
	): Promise<Issuer> => {
		const key = JSON.stringify([authorityId, alsoTrustedIds]);
		const kept = opened.get(key);
		if (kept !== undefined) return kept;
		const [authority, ...alsoTrusted] = await Promise.all([
			vault.authority(authorityId, signal),
			...alsoTrustedIds.map(async (id) => vault.certificate(id, signal)),
		]);
		const issuer = forgeIssuer(authority, alsoTrusted);
		opened.set(key, issuer);
		return issuer;
	};

	const rosterNow = async (signal: AbortSignal): Promise<Roster> => {
		const nowMs = now().getTime();
		const former = known;
		if (former !== undefined && nowMs < former.readAtMs + cacheSeconds * 1_000)
			return former.roster;
		// One caller reads again; those who come meanwhile go on with what is known.
		if (former !== undefined) known = { ...former, readAtMs: nowMs };
		try {
			const { roster } = await vault.roster(signal);
			known = { roster, readAtMs: nowMs };
			return roster;
		} catch (error) {
			known = former;
			throw error;
		}
	};

	const inRoster = async (roster: Roster, id: string, signal: AbortSignal): Promise<Issuer> =>
		issuerOf(id, alsoTrustedIdsFor(roster, id), signal);

	return {
		async current(signal) {
			const roster = await rosterNow(signal);
			return inRoster(roster, currentOf(roster).id, signal);
		},
		named: async ({ authorityId, alsoTrustedIds = [] }, signal) =>
			issuerOf(authorityId, alsoTrustedIds, signal),
		async all(signal) {
			const roster = await rosterNow(signal);
			return Promise.all(
				roster.authorities.map(async ({ id, role }) => ({
					issuer: await inRoster(roster, id, signal),
					role,
					isFirst: id === roster.firstId,
				})),
			);
		},
	};
}
