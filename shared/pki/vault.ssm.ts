import type { SSMClient } from "@aws-sdk/client-ssm";
import type * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import { authorityIdOf } from "./authority-id.ts";
import { Authority, type KeptRoster, Roster, type Vault } from "./model.ts";
import { namesPerRead, ssmParameters } from "./parameters.ssm.ts";
import { currentOf } from "./rotation.ts";

/**
 * The authorities as parameters of SSM, each within the 4 KB of the standard tier, none ever overwritten:
 *
 * - `<prefix>/authority`         the first authority; a SecureString, because certificate, key and secret
 *                                must only ever be found together
 * - `<prefix>/authority/<id>`    each later one, in the same form
 * - `<prefix>/authorities/<n>`   the roster after its n-th change; none until the first rotation
 * - `<prefix>/certificate/<id>`  what is left of an authority that was retired
 *
 * SSM has no compare-and-swap, but it makes a parameter only once: who replaces roster n creates n + 1, and
 * of two who try, one is told that it exists. What that can't promise: SSM documents no order between a
 * write and another process's read, so that a reader may see the former roster for a moment longer than its
 * own cache says. Rotation therefore waits longer than any cache before it relies on a roster (see
 * shared/flows/rotate-authority.ts); a change made from an old roster is refused in any case.
 *
 * @param prefix path without a final slash: `/cellwright/production`.
 */
export function ssmVault(ssm: SSMClient, prefix: string): Vault {
	const parameters = ssmParameters(ssm);
	const firstName = `${prefix}/authority`;
	const nameOf = (id: string): string => `${firstName}/${id}`;
	const rosterName = (revision: number): string => `${prefix}/authorities/${revision}`;
	const certificateName = (id: string): string => `${prefix}/certificate/${id}`;
	/** Where the search for the latest roster begins: they are only ever added. */
	let latest: KeptRoster | undefined;
	/** The first authority as a look for rosters brought it along: a cold start asks SSM once. */
	let firstValue: string | undefined;

	const firstAuthority = async (signal: AbortSignal): Promise<Authority> => {
		const value = firstValue ?? (await parameters.read([firstName], signal)).get(firstName);
		if (value !== undefined) return readAuthority(value, firstName);
		throw new ProvisionerError(
			"operator",
			"AuthorityMissing",
			`There is no certificate authority in parameter ${firstName} yet: deploy, or start locally, to make one.`,
		);
	};

	const rosterSince = async (signal: AbortSignal): Promise<KeptRoster | undefined> => {
		for (;;) {
			const seen = latest?.revision ?? 0;
			const revisions = Array.from({ length: namesPerRead - 1 }, (_, index) => seen + 1 + index);
			const values = await parameters.read([firstName, ...revisions.map(rosterName)], signal);
			firstValue = values.get(firstName);
			const revision = revisions.findLast((each) => values.has(rosterName(each)));
			if (revision === undefined) return latest;
			const name = rosterName(revision);
			latest = { revision, roster: read(Roster, values.get(name) ?? "", name) };
			if (revision !== revisions.at(-1)) return latest;
		}
	};

	const authority = async (id: string | undefined, signal: AbortSignal): Promise<Authority> => {
		if (id === undefined) return firstAuthority(signal);
		const brought = firstValue === undefined ? [] : [[firstName, firstValue] as const];
		const found =
			withId(id, brought) ?? withId(id, await parameters.read([nameOf(id), firstName], signal));
		if (found !== undefined) return found;
		throw unknown(id, nameOf(id));
	};

	return {
		authority,

		async roster(signal) {
			const found = await rosterSince(signal);
			return found ?? { revision: 0, roster: rosterOfOne(await firstAuthority(signal)) };
		},

		async replace(seen, roster, signal) {
			const kept = { revision: seen.revision + 1, roster };
			const name = rosterName(kept.revision);
			const created = await parameters.create(name, JSON.stringify(roster), "String", signal);
			if (!created)
				throw new ProvisionerError(
					"conflict",
					"AuthoritiesChanged",
					"Somebody else changed the authorities at the same moment; their change stands. See `npx cellwright authority`.",
				);
			latest = kept;
			return kept;
		},

		async certificate(id, signal) {
			const name = certificateName(id);
			const retired = (await parameters.read([name], signal)).get(name);
			return retired ?? (await authority(id, signal)).certificatePem;
		},

		async found(founded, signal) {
			const rotated = await rosterSince(signal);
			if (rotated !== undefined) return authority(currentOf(rotated.roster).id, signal);
			const value = JSON.stringify(founded);
			const created = await parameters.create(firstName, value, "SecureString", signal);
			return created ? founded : firstAuthority(signal);
		},

		async keep(made, signal) {
			const id = authorityIdOf(made.certificatePem);
			await parameters.create(nameOf(id), JSON.stringify(made), "SecureString", signal);
			return id;
		},

		async forget(id, signal) {
			const values = await parameters.read([nameOf(id), firstName], signal);
			for (const [name, value] of values) {
				const { certificatePem } = readAuthority(value, name);
				if (authorityIdOf(certificatePem) !== id) continue;
				await parameters.create(certificateName(id), certificatePem, "String", signal);
				await parameters.remove(name, signal);
				firstValue = undefined;
			}
		},
	};
}

/** The one of this id among parameters by name. */
function withId(
	id: string,
	values: Iterable<readonly [name: string, value: string]>,
): Authority | undefined {
	for (const [name, value] of values) {
		const authority = readAuthority(value, name);
		if (authorityIdOf(authority.certificatePem) === id) return authority;
	}
	return undefined;
}

/** What stands before the first rotation. */
function rosterOfOne({ certificatePem }: Authority): Roster {
	const id = authorityIdOf(certificatePem);
	const since = new Date(0).toISOString();
	return { firstId: id, authorities: [{ id, role: "current", since, trusted: true }] };
}

function readAuthority(value: string, name: string): Authority {
	const authority = read(Authority, value, name);
	try {
		authorityIdOf(authority.certificatePem);
		return authority;
	} catch {
		throw unreadable(name, "certificatePem");
	}
}

/** Neither the value nor the parser's words, which quote it, get into the error. */
function read<Value>(schema: z.ZodType<Value>, value: string, name: string): Value {
	const result = schema.safeParse(parsed(value));
	if (result.success) return result.data;
	throw unreadable(
		name,
		result.error.issues.map(({ path }) => path.join(".") || "(all)").join(", "),
	);
}

const unreadable = (name: string, fields: string) =>
	new ProvisionerError(
		"operator",
		"AuthorityUnreadable",
		`Parameter ${name} doesn't hold what it should (missing or wrong: ${fields}): restore it.`,
	);

const unknown = (id: string, name: string) =>
	new ProvisionerError(
		"operator",
		"AuthorityUnknown",
		`There is no authority ${id} in parameter ${name}: it was retired, or its parameter was deleted. Restore it; cells that it made can't be asked without it.`,
	);

function parsed(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}
