import { request } from "node:https";
import type { Pair } from "./certificates.ts";

export type Answer = Readonly<{ status: number; body: string; contentType: string }>;

export type CallOptions = Readonly<{
	ca: string;
	client?: Pair;
	method?: string;
	body?: string;
	timeoutMs?: number;
	maxVersion?: "TLSv1.2" | "TLSv1.3";
}>;

/** One call of itzo's API, as a controller makes it. @throws what the connection throws. */
export const call = (address: string, path: string, options: CallOptions): Promise<Answer> =>
	new Promise((resolve, reject) => {
		const [host, port = "6421"] = address.split(":");
		const { ca, client, method = "GET", body = "", timeoutMs = 30_000, maxVersion } = options;
		const sent = request(
			{
				host,
				port: Number(port),
				path,
				method,
				ca,
				...(client && { cert: client.certificate, key: client.key }),
				...(maxVersion && { maxVersion }),
				servername: "MilpaNode",
				agent: false,
				signal: AbortSignal.timeout(timeoutMs),
			},
			(response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", reject);
				response.on("end", () =>
					resolve({
						status: response.statusCode ?? 0,
						body: Buffer.concat(chunks).toString(),
						contentType: response.headers["content-type"] ?? "",
					}),
				);
			},
		);
		sent.on("error", reject);
		sent.end(body);
	});

/** The body of a ping, or the error's code. */
export const ping = (address: string, options: CallOptions): Promise<string> =>
	call(address, "/rest/v1/ping", options).then(
		({ body }) => body,
		(error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "error"),
	);
