import { setTimeout as pause } from "node:timers/promises";
import { applyCloudInit, type CloudInitResult } from "./cloud-init.ts";
import { type Itzo, startItzo } from "./itzo.ts";
import type { PodState } from "./itzo-routes.ts";
import { awaitMetadata } from "./metadata-client.ts";
import type { AgentStart, CellFault } from "./model.ts";

/** The software on one machine. */
export type Agent = Readonly<{
	instanceId: string;
	misbehave(fault: CellFault): void;
	/** Leaves no socket and no timer behind. */
	stop(): void;
}>;

/**
 * Boots a machine's software: cloud-init once, then the launcher, which starts itzo until it runs.
 *
 * @param onServing told each time that itzo listens.
 */
export function startAgent(start: AgentStart, onServing: (port: number) => void): Agent {
	const stopped = new AbortController();
	let round = new AbortController();
	const booted = cloudInit(start, stopped.signal);
	const launch = async (fault: CellFault): Promise<void> => {
		round = new AbortController();
		const signal = AbortSignal.any([stopped.signal, round.signal]);
		try {
			const itzo = await launchItzo(await booted, { ...start, fault }, signal);
			signal.addEventListener("abort", () => itzo.stop(), { once: true });
			onServing(itzo.port);
		} catch (error) {
			if (!signal.aborted) throw error;
		}
	};
	void launch(start.fault);
	return {
		instanceId: start.instanceId,
		misbehave(fault) {
			round.abort();
			void launch(fault);
		},
		stop: () => stopped.abort(),
	};
}

type Machine = Readonly<{ cloudInit: CloudInitResult; primaryAddress: string; pod: PodState }>;

async function cloudInit(start: AgentStart, signal: AbortSignal): Promise<Machine> {
	const read = await awaitMetadata(start.metadataUrl, start.metadataProtocol, signal);
	const userData = (await read("user-data")) ?? Buffer.alloc(0);
	const hostname = String((await read("meta-data/hostname")) ?? "");
	const primaryAddress = String((await read("meta-data/local-ipv4")) ?? "");
	return {
		cloudInit: applyCloudInit(userData, { hostname, localIpv4: primaryAddress }),
		primaryAddress,
		pod: { parameters: undefined },
	};
}

/** itzo-launcher's loop: a failed start is repeated after a pause, for ever. */
async function launchItzo(
	{ cloudInit: { files }, primaryAddress, pod }: Machine,
	{ listenHost: host, listenPort: port, fault, retryMs }: AgentStart,
	signal: AbortSignal,
): Promise<Itzo> {
	for (;;) {
		signal.throwIfAborted();
		try {
			const itzo = await startItzo({ files, host, port, primaryAddress, pod, fault });
			if (signal.aborted) itzo.stop();
			signal.throwIfAborted();
			return itzo;
		} catch {
			// Missing or broken certificates, or the address is taken: systemd starts it again.
			await pause(retryMs, undefined, { signal });
		}
	}
}
