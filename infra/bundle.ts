import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { tricks } from "./bundle-tricks.ts";
import { type EmbeddedProvider, embeddedProvider } from "./embedded-provider.ts";

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
	"found-authority",
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

/** How a module is bundled. */
type Bundling = Readonly<{
	/** False: without our tricks, to compare with. */
	care?: boolean;
	/** Absent: the function reads the file that PROVIDER_FILE names. */
	provider?: EmbeddedProvider;
}>;

/**
 * One function as one ES module for Lambda's Node 24.
 *
 * @throws ProvisionerError, see `embeddedProvider`.
 */
export const bundled = async (name: FunctionName, bundling: Bundling = {}): Promise<Bundle> =>
	await bundledModule(`functions/${name}/index.ts`, bundling);

/** The same of any module, by its path in the project. */
export async function bundledModule(
	path: string,
	{ care = true, provider }: Bundling = {},
): Promise<Bundle> {
	const embedding = provider === undefined ? [] : [await embeddedProvider(provider)];
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
		// Some libraries are CommonJS and ask for Node's own modules by `require`; a trick of ours does without.
		banner: {
			js: care
				? ""
				: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
		},
		plugins: [...embedding, ...(care ? tricks : [])],
	});
	const file = (ending: string) =>
		outputFiles.find((output) => output.path.endsWith(ending))?.text ?? "";
	const text = file(".mjs");
	return { text, sourceMap: file(".map"), gzippedBytes: gzipSync(text, { level: 9 }).length };
}
