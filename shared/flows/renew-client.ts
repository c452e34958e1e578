import type { ClientCredentials, Issuer } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What renewing the controller's client certificate touches. */
export type RenewPorts = Readonly<{
	issuer: Issuer;
	clientCredentials: ClientCredentials;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/** A client key is root on every cell: it lives for a day, and is replaced several times within it. */
const clientLifetimeSeconds = 24 * 3600;

/** Issues readiness a new client certificate; the old one stays valid until its own end. */
export async function renewClient(ports: RenewPorts, signal: AbortSignal): Promise<void> {
	const now = ports.now();
	const expiresAt = new Date(now.getTime() + clientLifetimeSeconds * 1000);
	const credentials = ports.issuer.client(now, clientLifetimeSeconds);
	await ports.clientCredentials.put(credentials, expiresAt, signal);
	ports.metrics.add("ClientCertificateDays", clientLifetimeSeconds / 86_400, {});
	ports.log.info("client certificate renewed", { expiresAt: expiresAt.toISOString() });
}
