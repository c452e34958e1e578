import type { IncomingMessage, ServerResponse } from "node:http";
import { refusal } from "./answers.ts";

/** What the page can ask for beside the stream. */
export type ConsoleActions = object;

/** Answers a request of the API; see api.ts for all of them. */
export async function routed(
	_request: IncomingMessage,
	_response: ServerResponse,
	path: string,
	_actions: ConsoleActions,
): Promise<void> {
	throw refusal(404, path, "there is no such thing");
}
