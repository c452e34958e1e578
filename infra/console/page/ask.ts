import type { Refused } from "../api.ts";

/** What became of a request: what it gives, every fault, or nobody who answers. */
export type Answer<Value> =
	| Readonly<{ outcome: "done"; value: Value }>
	| Readonly<{ outcome: "refused"; faults: Refused["faults"] }>;

/**
 * Asks the server that this page came from, whose answers have the shapes of `api.ts`: both are of one version.
 *
 * @throws DOMException `AbortError` after the signal; nothing else.
 */
export async function ask<Value = undefined>(
	method: "GET" | "POST" | "PATCH" | "DELETE",
	path: string,
	body?: unknown,
	signal?: AbortSignal,
): Promise<Answer<Value>> {
	let response: Response;
	try {
		response = await fetch(path, {
			method,
			...(method === "POST" || method === "PATCH"
				? { body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } }
				: {}),
			...(signal === undefined ? {} : { signal }),
		});
		const text = await response.text();
		const parsed = text === "" ? undefined : JSON.parse(text);
		if (response.ok) return { outcome: "done", value: parsed };
		const refused: Refused = parsed;
		return { outcome: "refused", faults: refused.faults };
	} catch (error) {
		signal?.throwIfAborted();
		const why = error instanceof Error ? error.message : String(error);
		return {
			outcome: "refused",
			faults: [{ path: "", problem: `no answer from the server (${why}): does it still run?` }],
		};
	}
}

export const podPath = (uid: string): string => `/api/pods/${encodeURIComponent(uid)}`;
