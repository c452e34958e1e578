import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";

/** Takes connections and says what it is told to, which is nothing as a rule, and never more. */
export async function swallowing(beginning = "") {
	const sockets: Socket[] = [];
	let requests = 0;
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.on("error", () => {});
		socket.once("data", () => {
			requests += 1;
			server.emit("asked");
			socket.write(beginning);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return {
		settings: { ...laptopAws, endpoint: `http://127.0.0.1:${address.port}` },
		requests: () => requests,
		/** So many requests have come. */
		asked: async (count: number) => {
			while (requests < count) await once(server, "asked");
		},
	};
}
