import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the console's page, as a browser asks for it. */
export type PageFile = Readonly<{ path: string; contentType: string; body: Uint8Array }>;

const contentTypes: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
};

/**
 * The page's files: of a source folder (with `main.tsx`) bundled now, of a built one as they stand.
 * `index.html` is `/`.
 *
 * @throws what esbuild says of a page that can't be bundled.
 */
export async function pageFiles(folder: URL): Promise<readonly PageFile[]> {
	const entry = fileURLToPath(new URL("main.tsx", folder));
	return [...(await staticFiles(folder)), ...(existsSync(entry) ? await bundled(entry) : [])];
}

/** Those whose kind a browser loads as it is; sources aren't among them. */
async function staticFiles(folder: URL): Promise<readonly PageFile[]> {
	const names = (await readdir(folder)).filter((name) =>
		Object.hasOwn(contentTypes, extname(name)),
	);
	// A source folder's styles are part of the bundle.
	const isBuilt = names.includes("main.js");
	return await Promise.all(
		names
			.filter((name) => isBuilt || extname(name) !== ".css")
			.map(async (name) => pageFile(name, await readFile(new URL(name, folder)))),
	);
}

const pageFile = (name: string, body: Uint8Array): PageFile => ({
	path: name === "index.html" ? "/" : `/${name}`,
	contentType: contentTypes[extname(name)] ?? "application/octet-stream",
	body,
});

/** `main.js` and, where it imports styles, `main.css`. */
async function bundled(entry: string): Promise<readonly PageFile[]> {
	// Only whoever looks at a page from its sources needs it.
	const { build } = await import("esbuild");
	const { outputFiles } = await build({
		entryPoints: { main: entry },
		outdir: "/",
		write: false,
		bundle: true,
		minify: true,
		format: "esm",
		platform: "browser",
		target: "es2022",
		jsx: "automatic",
		jsxImportSource: "preact",
		legalComments: "none",
		logLevel: "silent",
	});
	return outputFiles.map(({ path, contents }) =>
		pageFile(path.split(/[/\\]/).at(-1) ?? "", contents),
	);
}
