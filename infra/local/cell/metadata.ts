import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { CellMachine } from "./model.ts";

/** The instance metadata service of all machines. */
export type MetadataService = Readonly<{
	/** @returns the base URL that stands for 169.254.169.254 on this machine; nobody can guess it. */
	add(machine: CellMachine): string;
	remove(instanceId: string): void;
	/** For a look at what a machine sees. */
	urlOf(instanceId: string): string | undefined;
	close(): Promise<void>;
}>;

type Desk = { readonly machine: CellMachine; readonly tokens: Map<string, number> };

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
export async function startMetadata(nowMs: () => number): Promise<MetadataService> {
	const desks = new Map<string, Desk>();
	const keys = new Map<string, string>();
	const server = createServer((request, response) => {
		request.resume();
		const [, key = "", ...path] = (request.url ?? "").split("?", 1)[0]?.split("/") ?? [];
		const desk = desks.get(key);
		if (desk === undefined) reply(response, 404);
		else serve(desk, path.join("/"), request, response, nowMs());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => resolve());
	});
	const address = server.address();
	const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
	const urlOf = (instanceId: string) => {
		const key = keys.get(instanceId);
		return key === undefined ? undefined : `${origin}/${key}`;
	};
	return {
		add(machine) {
			const key = randomUUID();
			desks.set(key, { machine, tokens: new Map() });
			keys.set(machine.instanceId, key);
			return `${origin}/${key}`;
		},
		remove(instanceId) {
			desks.delete(keys.get(instanceId) ?? "");
			keys.delete(instanceId);
		},
		urlOf,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function serve(
	desk: Desk,
	path: string,
	request: IncomingMessage,
	response: ServerResponse,
	nowMs: number,
): void {
	if (path === "latest/api/token") {
		grantToken(desk, request, response, nowMs);
		return;
	}
	if (request.method !== "GET") reply(response, 405);
	else if (!isAdmitted(desk, request, nowMs)) reply(response, 401);
	else {
		const content = contentAt(desk.machine, path);
		reply(response, content === undefined ? 404 : 200, content);
	}
}

function grantToken(
	desk: Desk,
	request: IncomingMessage,
	response: ServerResponse,
	nowMs: number,
): void {
	const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
	if (request.method !== "PUT") {
		reply(response, 405);
	} else if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) {
		reply(response, 400);
	} else {
		const token = randomUUID();
		desk.tokens.set(token, nowMs + seconds * 1000);
		reply(response, 200, token);
	}
}

/** A wrong token is refused even where none is needed. */
function isAdmitted({ machine, tokens }: Desk, request: IncomingMessage, nowMs: number): boolean {
	const token = request.headers["x-aws-ec2-metadata-token"];
	if (token === undefined) return machine.httpTokens === "optional";
	return (tokens.get(String(token)) ?? 0) > nowMs;
}

/** @returns undefined for what isn't there; empty user data isn't. */
function contentAt(machine: CellMachine, path: string): string | Buffer | undefined {
	const [version = "", ...rest] = path.split("/");
	if (!/^(latest|\d{4}-\d{2}-\d{2})$/.test(version)) return undefined;
	const name = rest.join("/");
	if (name === "") return "meta-data\nuser-data";
	if (name === "user-data") return machine.userData.length > 0 ? machine.userData : undefined;
	const metadata: Readonly<Record<string, string>> = {
		"ami-id": machine.imageId,
		hostname: machine.hostname,
		"instance-id": machine.instanceId,
		"instance-type": machine.instanceType,
		"local-hostname": machine.hostname,
		"local-ipv4": machine.address,
		"placement/availability-zone": machine.zone,
	};
	if (name === "meta-data" || name === "meta-data/") {
		const entries = Object.keys(metadata).map((key) => key.replace(/\/.*/, "/"));
		return [...new Set(entries)].join("\n");
	}
	const key = name.replace(/^meta-data\//, "");
	return name !== key && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}

function reply(response: ServerResponse, status: number, content: string | Buffer = ""): void {
	response.writeHead(status, { "content-type": "text/plain" });
	response.end(content);
}
