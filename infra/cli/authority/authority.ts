import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import { dynamodbLivingAuthorities } from "../../../shared/cells/living-authorities.dynamodb.ts";
import { longestAuthorityCacheSeconds } from "../../../shared/config/env.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import { renewClient } from "../../../shared/flows/renew-client.ts";
import { type RotatePorts, retire, rotate } from "../../../shared/flows/rotate-authority.ts";
import { newAuthority } from "../../../shared/pki/authority.forge.ts";
import { dynamodbClientCredentials } from "../../../shared/pki/client-credentials.dynamodb.ts";
import { forgeIssuers } from "../../../shared/pki/issuers.forge.ts";
import type { KeptRoster, Vault } from "../../../shared/pki/model.ts";
import { currentOf } from "../../../shared/pki/rotation.ts";
import { ssmVault } from "../../../shared/pki/vault.ssm.ts";
import { jsonLog } from "../../../shared/telemetry/log.ts";
import { embeddedMetrics } from "../../../shared/telemetry/metrics.ts";
import { laptopAuthorityCacheSeconds } from "../../local/names.ts";
import { isRemote, outOfReach } from "../place/out-of-reach.ts";
import { providerAt } from "../place/package-files.ts";
import { type PlaceOptions, placeOf } from "../place/place.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { adviceFor, authorityData, authorityView, type ShownAuthority } from "./authority-view.ts";

type AuthorityOptions = PlaceOptions &
	Readonly<{
		provider: string;
		output: OutputFormat;
		/** Of a deployment whose parameters lie somewhere else than its name says. */
		prefix?: string;
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

async function rotateAndShow(place: Ports, now: boolean, signal: AbortSignal): Promise<Tell> {
	if (now) console.error(whatNowMeans);
	const { happened, kept } = await rotate(place, now, signal);
	const said =
		happened === "prepared"
			? "Every cell that is born from now on trusts the next authority, which doesn't sign yet."
			: `Authority ${currentOf(kept.roster).id} signs from now on; earlier cells stay reachable until they end.`;
	return await show(place, signal, said);
}

async function retireAndShow(place: Ports, id: string, signal: AbortSignal): Promise<Tell> {
	const { roster } = await place.vault.roster(signal);
	const living = await place.living(roster.firstId, signal);
	await retire(id, living.get(id)?.cells ?? 0, place, signal);
	return await show(place, signal, `Authority ${id} is retired: its key is destroyed.`);
}

/** @param happened what was done before, in a sentence. */
async function show(place: Ports, signal: AbortSignal, happened?: string): Promise<Tell> {
	const kept = await place.vault.roster(signal);
	const shown = await shownAuthorities(place, kept, signal);
	const times = { ...place, now: place.now() };
	const data = {
		...(happened === undefined ? {} : { happened }),
		authorities: shown.map((each) => authorityData(each, times.now)),
		todo: adviceFor(shown, times),
	};
	return () =>
		print(place.output, data, () => [
			...(happened === undefined ? [] : [happened, ""]),
			...authorityView(shown, times),
		]);
}

async function shownAuthorities(
	{ vault, living }: Ports,
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
type Ports = RotatePorts &
	Readonly<{
		vault: Vault;
		living(firstId: string, signal: AbortSignal): ReturnType<typeof dynamodbLivingAuthorities>;
		lifetimeSeconds: number;
		output: OutputFormat;
	}>;

/** Prints what there is to say, once all is done. */
type Tell = () => void;

async function withPlace(
	command: Command,
	work: (ports: Ports, signal: AbortSignal) => Promise<Tell>,
): Promise<void> {
	const options: AuthorityOptions = command.optsWithGlobals();
	const place = placeOf(options);
	const { config } = await loadProvider(providerAt(options.provider, place), checkCloudInit);
	const { region } = config.aws;
	const ssm = new SSMClient({ region, ...place.client("ssm") });
	const dynamodb = new DynamoDBClient({ region, ...place.client("dynamodb") });
	const prefix = options.prefix ?? place.authorityPrefix;
	const now = () => new Date();
	const vault = ssmVault(ssm, prefix);
	const renewing = {
		issuers: forgeIssuers(vault, 0, now),
		clientCredentials: dynamodbClientCredentials(dynamodb, place.resource("credentials")),
		now,
		// The function says the same at its next run, where somebody reads it.
		log: jsonLog(() => {}, "error", now),
		metrics: embeddedMetrics(() => {}, now, "cli"),
	};
	const ports: Ports = {
		vault,
		make: newAuthority,
		renew: async (signal) => renewClient(renewing, signal),
		living: async (firstId, signal) =>
			dynamodbLivingAuthorities(dynamodb, place.resource("cells"), firstId, signal),
		lifetimeSeconds: config.cells.certificateLifetimeSeconds,
		settleSeconds:
			place.kind === "stack"
				? laptopAuthorityCacheSeconds + laptopMarginSeconds
				: longestAuthorityCacheSeconds + marginSeconds,
		now,
		output: options.output,
	};
	try {
		const tell = await withProgress(
			"reading authorities and the cells that need them",
			async () => await work(ports, AbortSignal.timeout(patienceMs)),
		);
		tell();
	} catch (cause) {
		if (!isRemote(cause)) throw cause;
		throw outOfReach(place, `the authority below ${prefix}, or its tables`, cause);
	} finally {
		ssm.destroy();
		dynamodb.destroy();
	}
}
