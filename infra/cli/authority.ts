import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { dynamodbLivingAuthorities } from "../../shared/cells/living-authorities.dynamodb.ts";
import { longestAuthorityCacheSeconds } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { type Fault, invalid } from "../../shared/errors.ts";
import { renewClient } from "../../shared/flows/renew-client.ts";
import { type RotatePorts, retire, rotate } from "../../shared/flows/rotate-authority.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import type { KeptRoster, Vault } from "../../shared/pki/model.ts";
import { currentOf } from "../../shared/pki/rotation.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { jsonLog } from "../../shared/telemetry/log.ts";
import { embeddedMetrics } from "../../shared/telemetry/metrics.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { laptopAuthorityCacheSeconds, names } from "../local/names.ts";
import { authorityView, type ShownAuthority } from "./authority-view.ts";
import { readStackFile } from "./stack-file.ts";

/** Where the authorities lie: in the stack that runs in this folder, or in the account under these names. */
type AuthorityOptions = Readonly<{
	provider: string;
	prefix?: string;
	cellsTable?: string;
	credentialsTable?: string;
}>;

/** For SSM's own delays, and for a function that is under way when its cache ends. */
const marginSeconds = 60;
const laptopMarginSeconds = 1;
const patienceMs = 60_000;

const whatNowMeans = `warning: --now. New cells neither wait for the new authority nor trust the old one. Cells that it made go
on trusting it, and whoever has its key, until they end: end them if the key may be in other hands.`;

/** Prints every authority; never a key. `command`: its own and its parents' options. */
export const authorityCommand = async (_options: unknown, command: Command): Promise<void> =>
	withPlace(command, show);

export const rotateCommand = async ({ now }: { now: boolean }, command: Command): Promise<void> =>
	withPlace(command, async (place, signal) => rotateAndShow(place, now, signal));

export const retireCommand = async (
	id: string,
	_options: unknown,
	command: Command,
): Promise<void> => withPlace(command, async (place, signal) => retireAndShow(place, id, signal));

async function rotateAndShow(place: Place, now: boolean, signal: AbortSignal): Promise<void> {
	if (now) console.error(whatNowMeans);
	const { happened, kept } = await rotate(place, now, signal);
	console.log(
		happened === "prepared"
			? "Every cell that is born from now on trusts the next authority, which doesn't sign yet.\n"
			: `Authority ${currentOf(kept.roster).id} signs from now on; earlier cells stay reachable until they end.\n`,
	);
	await show(place, signal);
}

async function retireAndShow(place: Place, id: string, signal: AbortSignal): Promise<void> {
	const { roster } = await place.vault.roster(signal);
	const living = await place.living(roster.firstId, signal);
	await retire(id, living.get(id)?.cells ?? 0, place, signal);
	console.log(`Authority ${id} is retired: its key is destroyed.\n`);
	await show(place, signal);
}

async function show(place: Place, signal: AbortSignal): Promise<void> {
	const kept = await place.vault.roster(signal);
	const shown = await shownAuthorities(place, kept, signal);
	for (const line of authorityView(shown, { ...place, now: place.now() })) console.log(line);
}

async function shownAuthorities(
	{ vault, living }: Place,
	{ roster }: KeptRoster,
	signal: AbortSignal,
): Promise<readonly ShownAuthority[]> {
	const cells = await living(roster.firstId, signal);
	return Promise.all(
		roster.authorities.map(async (standing) => ({
			standing,
			certificatePem: await vault.certificate(standing.id, signal),
			cells: cells.get(standing.id)?.cells ?? 0,
			lastIssuedAt: cells.get(standing.id)?.lastIssuedAt,
		})),
	);
}

/** Everything that these commands touch, in the stack or in the account. */
type Place = RotatePorts &
	Readonly<{
		vault: Vault;
		living(firstId: string, signal: AbortSignal): ReturnType<typeof dynamodbLivingAuthorities>;
		lifetimeSeconds: number;
	}>;

async function withPlace(
	command: Command,
	work: (place: Place, signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const options: AuthorityOptions = command.optsWithGlobals();
	const { config } = await loadProvider(options.provider, checkCloudInit);
	const { endpoints, prefix, cellsTable, credentialsTable, settleSeconds } = placeNamed(options);
	const client = (endpoint: string | undefined) =>
		endpoint === undefined ? { region: config.aws.region } : { ...laptopAws, endpoint };
	const ssm = new SSMClient(client(endpoints?.ssm));
	const dynamodb = new DynamoDBClient(client(endpoints?.dynamodb));
	const now = () => new Date();
	const vault = ssmVault(ssm, prefix);
	const renewing = {
		issuers: forgeIssuers(vault, 0, now),
		clientCredentials: dynamodbClientCredentials(dynamodb, credentialsTable),
		now,
		// The function says the same at its next run, where somebody reads it.
		log: jsonLog(() => {}, "error", now),
		metrics: embeddedMetrics(() => {}, now, "cli"),
	};
	try {
		await work(
			{
				vault,
				make: newAuthority,
				renew: async (signal) => renewClient(renewing, signal),
				living: async (firstId, signal) =>
					dynamodbLivingAuthorities(dynamodb, cellsTable, firstId, signal),
				lifetimeSeconds: config.cells.certificateLifetimeSeconds,
				settleSeconds,
				now,
			},
			AbortSignal.timeout(patienceMs),
		);
	} finally {
		ssm.destroy();
		dynamodb.destroy();
	}
}

function placeNamed({ prefix, cellsTable, credentialsTable }: AuthorityOptions) {
	const stack = prefix === undefined ? readStackFile() : undefined;
	if (stack?.endpoints.ssm !== undefined)
		return {
			endpoints: { ssm: stack.endpoints.ssm, dynamodb: stack.endpoints.dynamodb },
			prefix: names.authority,
			cellsTable: stack.cellsTable,
			credentialsTable: names.credentials,
			settleSeconds: laptopAuthorityCacheSeconds + laptopMarginSeconds,
		};
	const missing = (path: string): Fault => ({
		path,
		problem: "is required, because no embedded stack runs in this folder",
	});
	if (prefix !== undefined && cellsTable !== undefined && credentialsTable !== undefined)
		return {
			endpoints: undefined,
			prefix,
			cellsTable,
			credentialsTable,
			settleSeconds: longestAuthorityCacheSeconds + marginSeconds,
		};
	throw invalid("InvalidOption", [
		...(prefix === undefined ? [missing("--prefix")] : []),
		...(cellsTable === undefined ? [missing("--cells-table")] : []),
		...(credentialsTable === undefined ? [missing("--credentials-table")] : []),
	]);
}
