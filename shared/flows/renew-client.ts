import type { ClientCredentials, Issuers } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What renewing the controller's client certificates touches. */
export type RenewPorts = Readonly<{
	issuers: Issuers;
	clientCredentials: ClientCredentials;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/** A client key is root on every cell: it lives for a day, and is replaced several times within it. */
const clientLifetimeSeconds = 24 * 3600;

/**
 * Issues readiness a new client certificate of each authority that living cells may have; the old ones stay
 * valid until their own end.
 */
export async function renewClient(ports: RenewPorts, signal: AbortSignal): Promise<void> {
	const now = ports.now();
	const lastsUntil = new Date(now.getTime() + clientLifetimeSeconds * 1000);
	for (const { issuer, role, isFirst } of await ports.issuers.all(signal)) {
		const { authorityId } = issuer.by;
		const credentials = issuer.client(now, clientLifetimeSeconds);
		const expiresAt = lastsUntil < issuer.endsAt ? lastsUntil : issuer.endsAt;
		await ports.clientCredentials.put(authorityId, credentials, expiresAt, signal);
		if (isFirst) await ports.clientCredentials.put(undefined, credentials, expiresAt, signal);
		const days = { Role: role };
		ports.metrics.add("AuthorityDays", daysBetween(now, issuer.endsAt), days);
		ports.metrics.add("ClientCertificateDays", daysBetween(now, expiresAt), days);
		ports.log.info("client certificate renewed", {
			authorityId,
			role,
			expiresAt: expiresAt.toISOString(),
		});
	}
}

const daysBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 86_400_000;
