import { setTimeout as pause } from "node:timers/promises";
import { applyCloudInit, type CloudInitResult } from "./cloud-init.ts";
import { tellable } from "./console.ts";
import { type Itzo, startItzo } from "./itzo.ts";
import type { PodState } from "./itzo-routes.ts";
import { filesInParameters } from "./launcher-parameters.ts";
import { awaitMetadata } from "./metadata-client.ts";
import type { AgentStart, CellFault } from "./model.ts";

/** The software on one machine. */
export type Agent = Readonly<{
	instanceId: string;
	misbehave(fault: CellFault): void;
	/** Leaves no socket and no timer behind. */
	stop(): void;
}>;

/** What the outside is told of a machine's software. */
export type Told = Readonly<{
	/** A line for the machine's console. */
	print(line: string): void;
	/** Each time that itzo listens. */
	serving(port: number): void;
	/** cloud-init has been told to switch the machine off so long after its boot. */
	powersOff(afterMs: number): void;
}>;

/** Boots a machine's software: cloud-init once, then the launcher, which starts itzo until it runs. */
export function startAgent(start: AgentStart, told: Told): Agent {
	const stopped = new AbortController();
	let round = new AbortController();
	const pod: PodState = { parameters: undefined };
	const booted = cloudInit(start, told.print, stopped.signal);
	// Its failure is the launcher's, too, if the launcher ever needs it.
	booted.then(
		({ powersOffAfterSeconds: seconds }) => seconds !== undefined && told.powersOff(seconds * 1000),
		(error: unknown) => {
			if (!stopped.signal.aborted) told.print(`cloud-init: failed: ${tellable(error)}`);
		},
	);
	const launch = async (fault: CellFault): Promise<void> => {
		round = new AbortController();
		const signal = AbortSignal.any([stopped.signal, round.signal]);
		try {
			const itzo = await launchItzo(booted, pod, { ...start, fault }, told.print, signal);
			signal.addEventListener("abort", () => itzo.stop(), { once: true });
			told.serving(itzo.port);
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

type Machine = Readonly<{ files: CloudInitResult["files"]; primaryAddress: string }>;
type Booted = Machine & Pick<CloudInitResult, "powersOffAfterSeconds">;

async function cloudInit(
	start: AgentStart,
	print: Told["print"],
	signal: AbortSignal,
): Promise<Booted> {
	print(`cloud-init: waiting for the metadata service (${start.metadataProtocol})`);
	const read = await awaitMetadata(start.metadataUrl, start.metadataProtocol, signal);
	const userData = (await read("user-data")) ?? Buffer.alloc(0);
	const hostname = String((await read("meta-data/hostname")) ?? "");
	const primaryAddress = String((await read("meta-data/local-ipv4")) ?? "");
	print(`cloud-init: ${userData.length} bytes of user data`);
	const { files, runcmd, powersOffAfterSeconds, problems } = applyCloudInit(userData, {
		hostname,
		localIpv4: primaryAddress,
	});
	for (const problem of problems) print(`cloud-init: ${problem}`);
	print(
		`cloud-init: finished: ${files.size} files written, ${runcmd.length} commands not run here`,
	);
	return { files, primaryAddress, powersOffAfterSeconds };
}

/** itzo-launcher's loop: a failed start is repeated after a pause, for ever. */
async function launchItzo(
	booted: Promise<Machine>,
	pod: PodState,
	{ metadataUrl, parametersUrl, listenHost: host, listenPort: port, fault, retryMs }: AgentStart,
	print: Told["print"],
	signal: AbortSignal,
): Promise<Itzo> {
	const inParameters = async (): Promise<Machine | undefined> =>
		parametersUrl === undefined
			? undefined
			: await filesInParameters(parametersUrl, metadataUrl, signal);
	for (;;) {
		signal.throwIfAborted();
		try {
			const { files, primaryAddress } = (await inParameters()) ?? (await booted);
			const itzo = await startItzo({ files, host, port, primaryAddress, pod, fault });
			if (signal.aborted) itzo.stop();
			signal.throwIfAborted();
			print(`itzo-launcher: itzo listens on port ${itzo.port}`);
			return itzo;
		} catch (error) {
			signal.throwIfAborted();
			// Missing or broken certificates, or the address is taken: systemd starts it again.
			print(`itzo-launcher: failed: ${tellable(error)}; next start in ${retryMs / 1000} s`);
			await pause(retryMs, undefined, { signal });
		}
	}
}
