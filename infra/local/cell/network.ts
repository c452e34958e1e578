import { createServer, type Server } from "node:net";
import { agentPort } from "../../../shared/agent/model.ts";

/** Where cells get their addresses. */
export type CellNetwork = Readonly<{
	/** `addresses`: a loopback address for each cell. `ports`: all on 127.0.0.1. */
	mode: "addresses" | "ports";
	/** The second octet of the cells' addresses. */
	octet: number;
	release(): Promise<void>;
}>;

/**
 * A network in 127.0.0.0/8 that no other simulator on this machine uses.
 *
 * It is claimed by listening at its router's address (`127.x.0.1`), which belongs to no cell.
 * macOS has only 127.0.0.1: there, cells are told apart by port.
 */
export async function claimNetwork(forcePorts: boolean): Promise<CellNetwork> {
	if (forcePorts || !(await hasLoopbackNetwork())) {
		return { mode: "ports", octet: 1, release: async () => undefined };
	}
	for (let step = 0; step < 254; step++) {
		const octet = ((process.pid + step) % 254) + 1;
		const claim = await listening(`127.${octet}.0.1`, agentPort);
		if (claim !== undefined) return { mode: "addresses", octet, release: () => closed(claim) };
	}
	throw new Error(
		`no network left in 127.0.0.0/8: something listens on port ${agentPort} of all 127.x.0.1; stop other simulators`,
	);
}

async function hasLoopbackNetwork(): Promise<boolean> {
	const probe = await listening("127.0.0.2", 0);
	if (probe !== undefined) await closed(probe);
	return probe !== undefined;
}

/** @returns undefined when the address can't be had. */
const listening = (host: string, port: number): Promise<Server | undefined> =>
	new Promise((resolve) => {
		const server = createServer((socket) => socket.destroy());
		server.once("error", () => resolve(undefined));
		server.listen(port, host, () => resolve(server));
	});

const closed = (server: Server): Promise<void> =>
	new Promise((resolve) => server.close(() => resolve()));
