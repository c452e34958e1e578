import type { IncomingMessage } from "node:http";

// Who is let in. The console needs no token: it listens on the loopback interface alone, where whoever can connect can
// also reach the stack's queues, tables and EC2, which know no secret, either. What has to be kept out is other
// people's pages in the browser of the person who runs it:
//
// - a name of theirs that resolves to 127.0.0.1 (DNS rebinding) bears that name in Host;
// - a form, link or script on their page bears their Origin, and `Sec-Fetch-Site: cross-site`;
// - a form can't send JSON, and what can (fetch) has to ask first with OPTIONS, which is never granted;
// - their scripts can't read an answer without CORS headers, of which there are none.

/** The names by which the console may be called. */
export const hostsOf = (port: number): ReadonlySet<string> =>
	new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

/** Why a request isn't answered, with its status; undefined: it is. */
export type Rejection = Readonly<{ status: 403 | 415 | 421; path: string; problem: string }>;

const safe: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** What a browser sends of a page of ours, or of somebody who typed the address. */
const ownSites: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Without an Origin, a request that changes something is let in as long as no browser says that it comes from
 * elsewhere: every browser sends Origin with POST, PATCH and DELETE, curl and scripts don't.
 */
export function rejectionOf(
	{ headers, method = "GET" }: Pick<IncomingMessage, "headers" | "method">,
	path: string,
	hosts: ReadonlySet<string>,
): Rejection | undefined {
	const { host = "", origin } = headers;
	if (!hosts.has(host))
		return { status: 421, path: "Host", problem: `must be ${[...hosts].join(" or ")}` };
	if (origin !== undefined && origin !== `http://${host}`)
		return { status: 403, path: "Origin", problem: `must be http://${host}` };
	const site = headers["sec-fetch-site"];
	const isOpen = safe.has(method) && !path.startsWith("/api/");
	if (site !== undefined && !isOpen && !ownSites.has(String(site)))
		return { status: 403, path: "Sec-Fetch-Site", problem: "must be same-origin" };
	// DELETE has no body, and no form can send it.
	if (safe.has(method) || method === "DELETE" || isJson(headers["content-type"])) return undefined;
	return { status: 415, path: "Content-Type", problem: "must be application/json" };
}

const isJson = (contentType: string | undefined): boolean =>
	contentType?.split(";")[0]?.trim().toLowerCase() === "application/json";
