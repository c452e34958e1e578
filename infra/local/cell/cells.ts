import { agentPort } from "../../../shared/agent/model.ts";
import { type BootTime, bootDelayMs } from "./boot-time.ts";
import { consoleLine, crashLine, noLauncherLines, powerOffLine, powerOnLines } from "./console.ts";
import { type Forward, openForward } from "./forward.ts";
import { type MetadataService, startMetadata } from "./metadata.ts";
import type { AgentEvent, CellFault, CellMachine } from "./model.ts";
import { hostThreads } from "./threads.ts";

export type CellsSettings = Readonly<{
	mode: "addresses" | "ports";
	seed: string;
	bootTime: BootTime;
	faultOf: (machine: CellMachine) => CellFault;
	/** The parameter store that launchers ask first; absent: they look at user data alone. */
	parametersUrl?: string;
	/** The launcher's pause after a failed start; itzo-launcher's unit says 3 s. */
	launcherRetryMs: number;
	/** Absent: an agent that has crashed stays dead. */
	restartAfterMs?: number;
	agentsPerThread: number;
	nowMs: () => number;
	/** @returns takes the appointment back. */
	after: (delayMs: number, act: () => void) => () => void;
	/** What a machine has written to its console. */
	onConsole: (instanceId: string, text: string) => void;
	onEvent: (event: AgentEvent) => void;
	/** The machine's own software has switched it off. */
	onPowerOff: (instanceId: string) => void;
}>;

/** The machines behind the instances: on them, agents boot. */
export type Cells = Readonly<{
	/** @returns the address under which the machine's agent will be found. */
	plug(instanceId: string, address: string): Promise<string>;
	switchOn(machine: CellMachine): void;
	switchOff(instanceId: string): void;
	/** Throws an exception inside the agent. */
	crash(instanceId: string): void;
	/** From now on; `boots-slowly` only means something before the machine is switched on. */
	misbehave(instanceId: string, fault: CellFault): void;
	/** Of machines that are switched on from now on. */
	setBootTime(bootTime: BootTime): void;
	setFaultOf(faultOf: CellsSettings["faultOf"]): void;
	metadataUrl(instanceId: string): string | undefined;
	close(): Promise<void>;
}>;

/** A slow boot takes this many times as long. */
const slowness = 10;

type Machine = {
	readonly spec: CellMachine;
	readonly metadataUrl: string;
	readonly onSinceMs: number;
	fault: CellFault;
	/** Whether the boot time is over. */
	isDue: boolean;
	/** A boot or restart that is still to come. */
	cancel: () => void;
	/** Takes back that the machine ends itself; absent: it doesn't. */
	stayOn?: () => void;
};

/** A timer can't be set for longer; nobody keeps a simulator up for 24 days. */
const longestTimerMs = 2 ** 31 - 1;

export async function startCells(settings: CellsSettings): Promise<Cells> {
	const metadata: MetadataService = await startMetadata(settings.nowMs);
	const machines = new Map<string, Machine>();
	const forwards = new Map<string, Forward>();
	const closing = new Set<Promise<void>>();
	let { bootTime, faultOf } = settings;

	const print = ({ spec, onSinceMs }: Machine, ...lines: readonly string[]): void => {
		const sinceMs = settings.nowMs() - onSinceMs;
		for (const line of lines) settings.onConsole(spec.instanceId, consoleLine(line, sinceMs));
	};

	const agentChanged = (machine: Machine, event: AgentEvent): void => {
		forwards.get(event.instanceId)?.point(event.event === "serving" ? event.port : undefined);
		if (event.event === "crashed") {
			print(machine, crashLine);
			if (settings.restartAfterMs !== undefined) {
				machine.cancel = settings.after(settings.restartAfterMs, () => boot(machine));
			}
		}
		settings.onEvent(event);
	};

	const threads = hostThreads(settings.agentsPerThread, (event) => {
		const machine = machines.get(event.instanceId);
		if (machine === undefined) return;
		if (event.event === "console") print(machine, event.line);
		else if (event.event === "powers-off") {
			machine.stayOn ??= settings.after(Math.min(event.afterMs, longestTimerMs), () =>
				settings.onPowerOff(event.instanceId),
			);
		} else agentChanged(machine, event);
	});

	const boot = (machine: Machine): void => {
		const { spec, fault, metadataUrl } = machine;
		machine.isDue = true;
		if (fault === "never-boots") {
			print(machine, ...noLauncherLines);
			return;
		}
		const own = settings.mode === "addresses";
		threads.start({
			instanceId: spec.instanceId,
			metadataUrl,
			metadataProtocol: spec.metadataProtocol,
			...(settings.parametersUrl && { parametersUrl: settings.parametersUrl }),
			listenHost: own ? spec.address : "127.0.0.1",
			listenPort: own ? agentPort : 0,
			fault,
			retryMs: settings.launcherRetryMs,
		});
	};

	return {
		async plug(instanceId, address) {
			if (settings.mode === "addresses") return address;
			const forward = await openForward();
			forwards.set(instanceId, forward);
			return forward.address;
		},
		switchOn(spec) {
			const fault = faultOf(spec);
			const delayMs = bootDelayMs(bootTime, settings.seed, spec.instanceId);
			const machine: Machine = {
				spec,
				metadataUrl: metadata.add(spec),
				onSinceMs: settings.nowMs(),
				fault,
				isDue: false,
				cancel: settings.after(fault === "boots-slowly" ? delayMs * slowness : delayMs, () =>
					boot(machine),
				),
			};
			machines.set(spec.instanceId, machine);
			print(machine, ...powerOnLines(spec));
		},
		switchOff(instanceId) {
			const machine = machines.get(instanceId);
			machine?.cancel();
			machine?.stayOn?.();
			if (machine !== undefined) print(machine, powerOffLine);
			machines.delete(instanceId);
			threads.send({ command: "stop", instanceId });
			metadata.remove(instanceId);
			const closed = forwards.get(instanceId)?.close();
			forwards.delete(instanceId);
			if (closed !== undefined) closing.add(closed.finally(() => closing.delete(closed)));
		},
		crash: (instanceId) => threads.send({ command: "crash", instanceId }),
		misbehave(instanceId, fault) {
			const machine = machines.get(instanceId);
			if (machine === undefined) return;
			const before = machine.fault;
			machine.fault = fault;
			if (fault === "never-boots") threads.send({ command: "stop", instanceId });
			else if (before === "never-boots" && machine.isDue) boot(machine);
			else threads.send({ command: "misbehave", instanceId, fault });
		},
		setBootTime(next) {
			bootTime = next;
		},
		setFaultOf(next) {
			faultOf = next;
		},
		metadataUrl: (instanceId) => metadata.urlOf(instanceId),
		async close() {
			for (const { cancel, stayOn } of machines.values()) {
				cancel();
				stayOn?.();
			}
			machines.clear();
			await threads.close();
			await Promise.all([...closing, ...[...forwards.values()].map((forward) => forward.close())]);
			await metadata.close();
		},
	};
}
