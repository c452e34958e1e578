import { AsyncLocalStorage } from "node:async_hooks";
import { parentPort } from "node:worker_threads";
import { type Agent, startAgent } from "./agent.ts";
import type { HostCommand, HostEvent } from "./model.ts";

// The entry of a host thread, which carries a few agents: a thread costs 10 MB, an agent a fraction.
// Every callback of an agent runs in its own asynchronous context, so that an exception that nobody
// catches can be put down to it: that agent dies, the others don't notice. An exception that can't
// be put down to an agent ends the thread.

const agents = new Map<string, Agent>();
const whose = new AsyncLocalStorage<string>();
const tell = (event: HostEvent): void => parentPort?.postMessage(event);

process.on("uncaughtException", (error) => {
	const instanceId = whose.getStore();
	if (instanceId === undefined) throw error;
	stop(instanceId);
	tell({ event: "crashed", instanceId });
});

parentPort?.on("message", (command: HostCommand) => {
	const instanceId = command.command === "start" ? command.agent.instanceId : command.instanceId;
	// In a callback of its own: what is thrown out of run() itself has lost its context.
	whose.run(instanceId, () => setImmediate(obey, command));
});

function obey(command: HostCommand): void {
	switch (command.command) {
		case "start": {
			const { instanceId } = command.agent;
			const told = {
				print: (line: string) => tell({ event: "console", instanceId, line }),
				serving: (port: number) => tell({ event: "serving", instanceId, port }),
				powersOff: (afterMs: number) => tell({ event: "powers-off", instanceId, afterMs }),
			};
			agents.set(instanceId, startAgent(command.agent, told));
			return;
		}
		case "stop":
			stop(command.instanceId);
			return;
		case "misbehave":
			agents.get(command.instanceId)?.misbehave(command.fault);
			return;
		case "crash":
			throw new Error("the agent was told to crash");
	}
}

function stop(instanceId: string): void {
	agents.get(instanceId)?.stop();
	agents.delete(instanceId);
}
