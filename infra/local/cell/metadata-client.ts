import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { TellableError } from "./console.ts";

/** Reads one item, such as `user-data`; undefined for "no such thing". */
export type ReadMetadata = (item: string) => Promise<Buffer | undefined>;

/** cloud-init's patience with a metadata service that isn't there. */
const availability = { firstPauseMs: 100, longestPauseMs: 5_000, giveUpMs: 300_000 };

/**
 * Waits until the metadata service answers, as elotl/cloud-init (IMDSv1 only) or Canonical's does.
 *
 * @throws when it doesn't within five minutes: where tokens are required, IMDSv1 gets nothing.
 */
export async function awaitMetadata(
	baseUrl: string,
	protocol: "IMDSv1" | "IMDSv2",
	signal: AbortSignal,
): Promise<ReadMetadata> {
	const version = `${baseUrl}/2009-04-04`;
	const giveUpAt = performance.now() + availability.giveUpMs;
	for (let pauseMs = availability.firstPauseMs; performance.now() < giveUpAt; pauseMs *= 2) {
		const headers = protocol === "IMDSv1" ? {} : await tokenHeader(baseUrl, signal);
		const { status } = await ask("GET", `${version}/`, headers, signal);
		if (status === 200) return (item) => itemAt(`${version}/${item}`, headers, signal);
		await pause(Math.min(pauseMs, availability.longestPauseMs), undefined, { signal });
	}
	throw new TellableError("the metadata service did not become available within five minutes");
}

const itemAt = async (
	url: string,
	headers: Readonly<Record<string, string>>,
	signal: AbortSignal,
): Promise<Buffer | undefined> => {
	const { status, body } = await ask("GET", url, headers, signal);
	return status === 200 ? body : undefined;
};

async function tokenHeader(
	baseUrl: string,
	signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
	const ttl = { "x-aws-ec2-metadata-token-ttl-seconds": "21600" };
	const { body } = await ask("PUT", `${baseUrl}/latest/api/token`, ttl, signal);
	return { "x-aws-ec2-metadata-token": body.toString() };
}

/** One request over HTTP. Not fetch: it loads undici into every thread. */
export const ask = (
	method: string,
	url: string,
	headers: Readonly<Record<string, string>>,
	signal: AbortSignal,
	body = "",
): Promise<{ status: number; body: Buffer }> =>
	new Promise((resolve, reject) => {
		const call = request(url, { method, headers, signal, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () =>
				resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
			);
		});
		call.on("error", reject);
		call.end(body);
	});
