import { isConflict, ProvisionerError } from "../errors.ts";
import type { Authority, KeptRoster, Standing, Vault } from "../pki/model.ts";
import { nextOf, promoted, withNext, without } from "../pki/rotation.ts";

/** What rotating touches. */
export type RotatePorts = Readonly<{
	vault: Vault;
	/** A new authority: the only randomness here. */
	make(createdAt: Date): Authority;
	/** Gives readiness a client certificate of every authority in the vault. */
	renew(signal: AbortSignal): Promise<void>;
	/** After a change, how long a function may still go on with the former roster. */
	settleSeconds: number;
	now: () => Date;
}>;

export type Rotated = Readonly<{ happened: "prepared" | "promoted"; kept: KeptRoster }>;

/**
 * One step of a rotation: without a next authority it makes one, which is trusted from now on; with one it
 * lets that sign. Readiness can ask the cells of either before there is one.
 *
 * Of two who rotate at once, one is refused and leaves nothing behind. Whoever dies in between leaves at most
 * a parameter with an authority that no roster names; `retire` ends it.
 *
 * @param atOnce both steps, because the current key may be in other hands: new cells don't trust it any more.
 * @throws ProvisionerError `unavailable` when the next authority isn't known everywhere yet; `conflict` when
 *   somebody else rotates.
 */
export async function rotate(
	ports: RotatePorts,
	atOnce: boolean,
	signal: AbortSignal,
): Promise<Rotated> {
	const seen = await ports.vault.roster(signal);
	const next = nextOf(seen.roster);
	if (next === undefined) {
		const prepared = await prepare(seen, ports, signal);
		await ports.renew(signal);
		if (!atOnce) return { happened: "prepared", kept: prepared };
		return { happened: "promoted", kept: await promote(prepared, false, ports, signal) };
	}
	if (!atOnce) mustBeSettled(next, "has been trusted", "or add --now", ports);
	// What prepared it may have died before it came to this.
	await ports.renew(signal);
	return { happened: "promoted", kept: await promote(seen, !atOnce, ports, signal) };
}

/**
 * The end of an authority that nothing needs any more: its key is destroyed. Repeated after a failure, it
 * goes on where that was.
 *
 * @param livingCells whose plans name it.
 * @throws ProvisionerError `invalid` when it signs, or cells of it live; `unavailable` when a function may
 *   still sign with it; `conflict` when somebody else changes the authorities.
 */
export async function retire(
	id: string,
	livingCells: number,
	ports: Pick<RotatePorts, "vault" | "settleSeconds" | "now">,
	signal: AbortSignal,
): Promise<KeptRoster> {
	const seen = await ports.vault.roster(signal);
	const standing = seen.roster.authorities.find((each) => each.id === id);
	const leftBehind = standing === undefined && (await isKept(id, ports.vault, signal));
	const roster = leftBehind ? seen.roster : without(seen.roster, id);
	if (livingCells > 0)
		throw new ProvisionerError(
			"invalid",
			"AuthorityInUse",
			`${livingCells} living cells were made by authority ${id}, and can't be asked without it: retire it when they have ended.`,
		);
	if (standing?.role === "earlier")
		mustBeSettled(standing, "has stopped signing", "and retire it", ports);
	const kept = leftBehind ? seen : await ports.vault.replace(seen, roster, signal);
	await ports.vault.forget(id, signal);
	return kept;
}

/** Whether a key is there, such as one that somebody left who died while rotating or retiring. */
async function isKept(id: string, vault: Vault, signal: AbortSignal): Promise<boolean> {
	try {
		await vault.authority(id, signal);
		return true;
	} catch (error) {
		if (error instanceof ProvisionerError && error.reason === "AuthorityUnknown") return false;
		throw error;
	}
}

/** When every function knows of this role. */
export const settledAt = ({ since }: Standing, settleSeconds: number): Date =>
	new Date(new Date(since).getTime() + settleSeconds * 1_000);

async function prepare(
	seen: KeptRoster,
	{ vault, make, now }: RotatePorts,
	signal: AbortSignal,
): Promise<KeptRoster> {
	// Asked first, so that a full roster costs no authority.
	withNext(seen.roster, "", now());
	const id = await vault.keep(make(now()), signal);
	try {
		return await vault.replace(seen, withNext(seen.roster, id, now()), signal);
	} catch (error) {
		if (isConflict(error)) await vault.forget(id, signal);
		throw error;
	}
}

const promote = async (
	seen: KeptRoster,
	formerTrusted: boolean,
	{ vault, now }: RotatePorts,
	signal: AbortSignal,
): Promise<KeptRoster> =>
	await vault.replace(seen, promoted(seen.roster, now(), formerTrusted), signal);

function mustBeSettled(
	standing: Standing,
	what: string,
	instead: string,
	{ now, settleSeconds }: Pick<RotatePorts, "now" | "settleSeconds">,
): void {
	const at = settledAt(standing, settleSeconds);
	const waitSeconds = Math.ceil((at.getTime() - now().getTime()) / 1_000);
	if (waitSeconds <= 0) return;
	throw new ProvisionerError(
		"unavailable",
		"AuthorityNotSettled",
		`Authority ${standing.id} ${what} since ${standing.since}, and a function may not know it before ${at.toISOString()}: try again in ${waitSeconds} s, ${instead}.`,
		{ retryAfterSeconds: waitSeconds },
	);
}
