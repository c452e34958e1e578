import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { tricks } from "./bundle-tricks.ts";

/** The functions, each a folder of `functions/` with an entry `index.ts`. */
export const functionNames = [
	"launch",
	"readiness",
	"terminate",
	"reconcile",
	"renewal",
	"images",
	"market",
	"interruptions",
	"janitor",
] as const;
export type FunctionName = (typeof functionNames)[number];

export type Bundle = Readonly<{
	/** The one module that is deployed, `index.mjs`. */
	text: string;
	sourceMap: string;
	/** Of the module, gzipped: about what a zip of it takes. */
	gzippedBytes: number;
}>;

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * One function as one ES module for Lambda's Node 24.
 *
 * @param care false: the same entry without our tricks, to compare with.
 */
export const bundled = async (name: FunctionName, care = true): Promise<Bundle> =>
	await bundledModule(`functions/${name}/index.ts`, care);

/** The same of any module, by its path in the project. */
export async function bundledModule(path: string, care: boolean): Promise<Bundle> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: [path],
		outdir: ".build",
		outExtension: { ".js": ".mjs" },
		write: false,
		bundle: true,
		minify: true,
		sourcemap: "external",
		platform: "node",
		target: "node24",
		format: "esm",
		mainFields: ["module", "main"],
		legalComments: "none",
		logLevel: "error",
		// Some libraries are CommonJS and ask for Node's own modules by `require`.
		banner: {
			js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
		},
		plugins: care ? [...tricks] : [],
	});
	const file = (ending: string) =>
		outputFiles.find((output) => output.path.endsWith(ending))?.text ?? "";
	const text = file(".mjs");
	return { text, sourceMap: file(".map"), gzippedBytes: gzipSync(text, { level: 9 }).length };
}
