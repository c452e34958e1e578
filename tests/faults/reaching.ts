import type { Cell } from "../../shared/cells/model.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import type { SimulatedCells } from "./cells.ts";
import type { Answers, Worker, World } from "./world.ts";

/** Ports that reach out of their process: each call of theirs is a moment at which anything may happen. */
const outside = new Set([
	"agent",
	"bootTimes",
	"bus",
	"cellParameters",
	"cells",
	"checks",
	"clientCredentials",
	"deadLetters",
	"fleet",
	"images",
	"index",
	"instances",
	"issuers",
	"limits",
	"redelivery",
	"setAside",
	"sightings",
	"subnets",
	"turns",
	"wakeUps",
]);

type Method = (...args: unknown[]) => Promise<unknown>;

/** The ports of one worker, every call of which waits for its turn in the world. */
export function reaching<Ports extends object>(
	ports: Ports,
	worker: Worker,
	world: World,
	table: SimulatedCells,
): Ports {
	const watched = (port: object, portName: string) =>
		new Proxy(port, {
			get(target, name) {
				const method: unknown = Reflect.get(target, name);
				if (typeof method !== "function") return method;
				return async (...args: unknown[]) => {
					const signal = args.at(-1);
					return await world.call(
						worker,
						callName(portName, String(name), args),
						async () => await (method as Method).apply(target, args),
						signal instanceof AbortSignal ? signal : undefined,
						answersOf(`${portName}.${String(name)}`, args, table),
					);
				};
			},
		});
	return Object.fromEntries(
		Object.entries(ports).map(([name, port]) => [
			name,
			typeof port === "object" && port !== null && outside.has(name) ? watched(port, name) : port,
		]),
	) as Ports;
}

/** For people: what is called, and about whom. */
const callName = (port: string, method: string, [first]: readonly unknown[]): string => {
	if (port === "cells" && typeof first === "object" && first !== null && "phase" in first) {
		const { podUid, phase, version } = first as Cell;
		return `cells.${method} ${podUid} ${phase} v${version}`;
	}
	return `${port}.${method}${typeof first === "string" ? ` ${first.slice(0, 40)}` : ""}`;
};

/** What a port says where the world gives no answer, or another one. */
const answersOf = (call: string, args: readonly unknown[], table: SimulatedCells): Answers => {
	const cell = args[0] as Cell;
	const special: Record<string, Answers> = {
		"instances.launch": {
			unanswered: (code) => ({
				outcome: "refused",
				reason: "transient",
				code,
				message: "EC2 gave no answer",
			}),
		},
		"agent.ping": { unanswered: (detail) => ({ answer: "silent", detail }) },
		"cells.save": {
			raceLost: () => table.touch(cell.podUid),
			ownConflict: () => {
				throw new ProvisionerError("conflict", "RecordChanged", "somebody else has written since");
			},
		},
		"cells.claim": {
			ownConflict: () => ({ cell: table.peek(cell.podUid) ?? cell, claimed: false }),
		},
	};
	return special[call] ?? {};
};
