import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { type ParametersServer, startParameters } from "../../infra/local/parameters-server.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { authorityIdOf } from "../../shared/pki/authority-id.ts";
import type { Roster } from "../../shared/pki/model.ts";
import { promoted, withNext } from "../../shared/pki/rotation.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";

const { signal } = new AbortController();
const first = newAuthority(new Date());
const second = newAuthority(new Date());
const firstId = authorityIdOf(first.certificatePem);
const secondId = authorityIdOf(second.certificatePem);
const now = new Date("2026-11-23T08:00:00.000Z");

let server: ParametersServer;
let ssm: SSMClient;
let prefixes = 0;

const newPrefix = (): string => `/cellwright/${prefixes++}`;
const put = (Name: string, Value: string) =>
	ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
/** A vault with its first authority. */
const founded = async (prefix = newPrefix()) => {
	const vault = ssmVault(ssm, prefix);
	await vault.found(first, signal);
	return vault;
};
/** The same after both steps of a rotation. */
const rotated = async (prefix = newPrefix()) => {
	const vault = await founded(prefix);
	const seen = await vault.roster(signal);
	await vault.keep(second, signal);
	const prepared = await vault.replace(seen, withNext(seen.roster, secondId, now), signal);
	await vault.replace(prepared, promoted(prepared.roster, now, true), signal);
	return vault;
};

beforeAll(async () => {
	server = await startParameters();
	ssm = new SSMClient({ ...laptopAws, endpoint: server.endpoint });
});
afterAll(async () => {
	ssm.destroy();
	await server.close();
});

describe("a vault that was never rotated", () => {
	it("gives back the authority that was founded, by its id and without", async () => {
		const vault = await founded();
		expect(await vault.authority(undefined, signal)).toEqual(first);
		expect(await vault.authority(firstId, signal)).toEqual(first);
		expect(await vault.certificate(firstId, signal)).toBe(first.certificatePem);
	});

	it("has a roster with that one alone, as a deployment of the first version left it", async () => {
		const prefix = newPrefix();
		await put(`${prefix}/authority`, JSON.stringify(first));
		expect(await ssmVault(ssm, prefix).roster(signal)).toMatchObject({
			revision: 0,
			roster: { firstId, authorities: [{ id: firstId, role: "current", trusted: true }] },
		});
	});

	it("asks SSM once for all that a cold start needs", async () => {
		const prefix = newPrefix();
		await founded(prefix);
		const counting = new SSMClient({ ...laptopAws, endpoint: server.endpoint });
		let calls = 0;
		counting.middlewareStack.add(
			(next) => async (args) => {
				calls += 1;
				return next(args);
			},
			{ step: "finalizeRequest" },
		);
		const vault = ssmVault(counting, prefix);
		const { roster } = await vault.roster(signal);
		expect(await vault.authority(roster.firstId, signal)).toEqual(first);
		counting.destroy();
		expect(calls).toBe(1);
	});

	it("lets the first of two founders win, and tells the second", async () => {
		const vault = ssmVault(ssm, newPrefix());
		const [one, other] = await Promise.all([
			vault.found(first, signal),
			vault.found(second, signal),
		]);
		expect(one).toEqual(other);
		expect(await vault.authority(undefined, signal)).toEqual(one);
	});

	it("asks for a deployment when there is none yet", async () => {
		const prefix = newPrefix();
		const missing = {
			kind: "operator",
			reason: "AuthorityMissing",
			message: expect.stringContaining(`${prefix}/authority`),
		};
		const vault = ssmVault(ssm, prefix);
		await expect(vault.authority(undefined, signal)).rejects.toMatchObject(missing);
		await expect(vault.roster(signal)).rejects.toMatchObject(missing);
	});

	it("refuses what would need more than a standard parameter", async () => {
		const large = { ...first, privateKeyPem: "x".repeat(4_096) };
		const founding = ssmVault(ssm, newPrefix()).found(large, signal);
		await expect(founding).rejects.toMatchObject({ kind: "operator", reason: "AuthorityTooLarge" });
	});

	it.each([
		{ when: "the parameter is no JSON", value: "key-that-nobody-may-see", wrong: "(all)" },
		{
			when: "fields are missing",
			value: JSON.stringify({ privateKeyPem: "key-that-nobody-may-see" }),
			wrong: "certificatePem, derivationSecret",
		},
		{
			when: "the certificate is none",
			value: JSON.stringify({ ...first, certificatePem: "key-that-nobody-may-see" }),
			wrong: "certificatePem",
		},
	])("names what is wrong but shows no value when $when", async ({ value, wrong }) => {
		const prefix = newPrefix();
		await put(`${prefix}/authority`, value);
		const reading = ssmVault(ssm, prefix).authority(undefined, signal);
		await expect(reading).rejects.toMatchObject({
			kind: "operator",
			reason: "AuthorityUnreadable",
			message: expect.stringContaining(wrong),
		});
		await expect(reading).rejects.not.toThrow(/nobody-may-see|BEGIN/);
	});

	it("stops waiting when its caller does", async () => {
		const vault = await founded();
		await expect(vault.roster(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
	});

	it("finds none after somebody deleted it", async () => {
		const prefix = newPrefix();
		const vault = await founded(prefix);
		await ssm.send(new DeleteParameterCommand({ Name: `${prefix}/authority` }));
		await expect(vault.authority(undefined, signal)).rejects.toMatchObject({
			reason: "AuthorityMissing",
		});
	});
});

describe("a vault through a rotation", () => {
	it("keeps several authorities and finds each by its id, in another process as well", async () => {
		const prefix = newPrefix();
		await rotated(prefix);
		const elsewhere = ssmVault(ssm, prefix);
		expect(await elsewhere.authority(firstId, signal)).toEqual(first);
		expect(await elsewhere.authority(secondId, signal)).toEqual(second);
		expect(await elsewhere.roster(signal)).toEqual({
			revision: 2,
			roster: {
				firstId,
				authorities: [
					{ id: firstId, role: "earlier", since: now.toISOString(), trusted: true },
					{ id: secondId, role: "current", since: now.toISOString(), trusted: true },
				],
			},
		});
	});

	it("lets one of two win who change the same roster, and tells the other", async () => {
		const prefix = newPrefix();
		await founded(prefix);
		const changing = async (id: string) => {
			const vault = ssmVault(ssm, prefix);
			const seen = await vault.roster(signal);
			return async () => vault.replace(seen, withNext(seen.roster, id, now), signal);
		};
		const changes = await Promise.all(["a".repeat(16), "b".repeat(16)].map(changing));
		const outcomes = await Promise.allSettled(changes.map(async (change) => change()));
		expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		const lost = outcomes.find((outcome) => outcome.status === "rejected");
		expect(lost?.reason).toMatchObject({ kind: "conflict", reason: "AuthoritiesChanged" });
		const won = outcomes.find((outcome) => outcome.status === "fulfilled");
		expect(await ssmVault(ssm, prefix).roster(signal)).toEqual(won?.value);
	});

	it("notices a change that another process makes later, beyond one read's ten names", async () => {
		const prefix = newPrefix();
		const watching = await founded(prefix);
		const changing = ssmVault(ssm, prefix);
		for (let change = 1; change <= 23; change++) {
			const seen = await changing.roster(signal);
			const authorities = seen.roster.authorities.map((each) => ({
				...each,
				since: `2026-11-23T08:00:${10 + change}.000Z`,
			}));
			await changing.replace(seen, { ...seen.roster, authorities }, signal);
			if (change % 11 === 0) expect((await watching.roster(signal)).revision).toBe(change);
		}
		expect((await ssmVault(ssm, prefix).roster(signal)).revision).toBe(23);
	});

	it("founds nothing anew: a deployment after a rotation gets the authority that signs", async () => {
		const vault = await rotated();
		expect(await vault.found(newAuthority(now), signal)).toEqual(second);
	});

	it.each(["first", "later"])(
		"destroys a %s authority's secrets and keeps its certificate",
		async (which) => {
			const prefix = newPrefix();
			const vault = await rotated(prefix);
			const [id, gone, name] =
				which === "first"
					? [firstId, first, `${prefix}/authority`]
					: [secondId, second, `${prefix}/authority/${secondId}`];
			await vault.forget(id, signal);
			await vault.forget(id, signal);
			await expect(vault.authority(id, signal)).rejects.toMatchObject({
				kind: "operator",
				reason: "AuthorityUnknown",
				message: expect.stringContaining(id),
			});
			expect(await ssmVault(ssm, prefix).certificate(id, signal)).toBe(gone.certificatePem);
			// Put again, it begins with its first version: no history is left that would hold the key.
			expect(await put(name, "new")).toMatchObject({ Version: 1 });
		},
	);

	it.each<{ when: string; roster: unknown; wrong: string }>([
		{ when: "it is no JSON", roster: "{", wrong: "(all)" },
		{
			when: "nobody signs",
			roster: JSON.stringify({ firstId, authorities: [] } satisfies Roster),
			wrong: "authorities",
		},
	])("says which parameter is wrong when $when", async ({ roster, wrong }) => {
		const prefix = newPrefix();
		await founded(prefix);
		await put(`${prefix}/authorities/1`, String(roster));
		await expect(ssmVault(ssm, prefix).roster(signal)).rejects.toMatchObject({
			reason: "AuthorityUnreadable",
			message: expect.stringMatching(
				new RegExp(`${prefix}/authorities/1.*${wrong.replace(/[()]/g, ".")}`),
			),
		});
	});
});
