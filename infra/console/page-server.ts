import type { ServerResponse } from "node:http";
import { refusal } from "./answers.ts";
import { type PageFile, pageFiles } from "./page-files.ts";

/** The page at `/` and the files that it asks for. Whoever loads the page anew gets what is in the folder now. */
export function pageServer(folder: URL) {
	let current: Promise<readonly PageFile[]> | undefined;

	return async (path: string, response: ServerResponse): Promise<"answered" | "unknown"> => {
		if (path === "/" || current === undefined) current = pageFiles(folder);
		const file = (await current.catch(notReadable)).find((each) => each.path === path);
		if (file === undefined) return "unknown";
		response.writeHead(200, {
			"content-type": file.contentType,
			"content-length": file.body.byteLength,
		});
		response.end(file.body);
		return "answered";
	};
}

/** esbuild says where the page's sources are wrong. */
const notReadable = (error: unknown): never => {
	throw refusal(500, "page", error instanceof Error ? error.message : "can't be read");
};
