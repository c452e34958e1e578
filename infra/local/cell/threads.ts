import { Worker } from "node:worker_threads";
import { hostCode } from "./host-code.ts";
import type { AgentStart, HostCommand, HostEvent } from "./model.ts";

/** The threads that carry agents. */
export type HostThreads = Readonly<{
	start(agent: AgentStart): void;
	/** To the thread that carries this agent; nothing happens if none does. */
	send(command: Exclude<HostCommand, { command: "start" }>): void;
	close(): Promise<void>;
}>;

type Host = { readonly worker: Worker; readonly agents: Set<string> };

/**
 * A pool of host threads that grows and shrinks with the agents.
 *
 * @param agentsPerThread what a thread that dies (out of memory, say) can take with it at most.
 */
export function hostThreads(
	agentsPerThread: number,
	onEvent: (event: HostEvent) => void,
): HostThreads {
	let code: string | undefined;
	const hosts = new Set<Host>();
	const ending = new Set<Promise<unknown>>();
	const carrying = (instanceId: string): Host | undefined =>
		[...hosts].find(({ agents }) => agents.has(instanceId));
	const retire = (host: Host): void => {
		hosts.delete(host);
		const end = host.worker.terminate().finally(() => ending.delete(end));
		ending.add(end);
	};
	const leave = (instanceId: string): void => {
		const host = carrying(instanceId);
		host?.agents.delete(instanceId);
		if (host?.agents.size === 0) retire(host);
	};
	const newHost = (): Host => {
		code ??= hostCode();
		const worker = new Worker(code, { eval: true, env: {}, execArgv: [], resourceLimits });
		const host: Host = { worker, agents: new Set() };
		hosts.add(host);
		worker.on("message", (event: HostEvent) => {
			if (event.event === "crashed") leave(event.instanceId);
			onEvent(event);
		});
		// Without a listener the error would end this process; what it means is told by "exit".
		worker.on("error", () => undefined);
		worker.once("exit", () => {
			hosts.delete(host);
			for (const instanceId of host.agents) onEvent({ event: "crashed", instanceId });
		});
		return host;
	};
	return {
		start(agent) {
			const host = [...hosts].find(({ agents }) => agents.size < agentsPerThread) ?? newHost();
			host.agents.add(agent.instanceId);
			host.worker.postMessage({ command: "start", agent } satisfies HostCommand);
		},
		send(command) {
			carrying(command.instanceId)?.worker.postMessage(command satisfies HostCommand);
			if (command.command === "stop") leave(command.instanceId);
		},
		async close() {
			for (const host of hosts) {
				host.agents.clear();
				retire(host);
			}
			await Promise.all(ending);
		},
	};
}

/** A thread that outgrows this dies, with its agents, and nothing else. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };
