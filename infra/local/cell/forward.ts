import { connect, createServer, type Socket } from "node:net";

/** A port of 127.0.0.1 that stands for a machine before and after its agent exists. */
export type Forward = Readonly<{
	/** `127.0.0.1:<port>`. */
	address: string;
	/** Where connections go from now on; undefined: they are reset. */
	point(port: number | undefined): void;
	close(): Promise<void>;
}>;

/** Needed where cells share one address: EC2 tells the port before the agent has one. */
export async function openForward(): Promise<Forward> {
	let target: number | undefined;
	const sockets = new Set<Socket>();
	const kept = (socket: Socket): Socket => {
		sockets.add(socket);
		return socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
	};
	const server = createServer((client) => {
		kept(client);
		if (target === undefined) {
			client.resetAndDestroy();
			return;
		}
		const agent = kept(connect(target, "127.0.0.1"));
		client.pipe(agent).pipe(client);
		client.once("close", () => agent.destroy());
		agent.once("close", () => client.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => resolve());
	});
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return {
		address: `127.0.0.1:${port}`,
		point(next) {
			target = next;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}
