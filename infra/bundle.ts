import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

/** The functions, each a folder of `functions/` with an entry `index.ts`. */
export const functionNames = [
	"launch",
	"readiness",
	"terminate",
	"reconcile",
	"renewal",
	"images",
	"market",
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
export async function bundled(name: FunctionName, care = true): Promise<Bundle> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: [`functions/${name}/index.ts`],
		outdir: `.build/${name}`,
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
		plugins: care ? [droppableSchemas, environmentCredentials, lazyHttp] : [],
	});
	const file = (ending: string) =>
		outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
	const text = file(".mjs");
	return { text, sourceMap: file(".map"), gzippedBytes: gzipSync(text, { level: 9 }).length };
}

/**
 * Lets esbuild drop the shapes of operations that nobody calls.
 *
 * A client's shapes are top-level arrays with computed keys, which count as side effects; wrapped in a pure
 * call they count as none. Of client-ec2's 750 operations we call six.
 */
const droppableSchemas: Plugin = {
	name: "droppable-schemas",
	setup({ onLoad }) {
		onLoad({ filter: /@aws-sdk[\\/].*dist-es[\\/].*schemas_\d+\.js$/ }, async ({ path }) => ({
			contents: withPureArrays(await readFile(path, "utf8")),
			loader: "js",
		}));
	},
};

/** Every top-level `var x = [ … ];` as the value of a call that is marked pure. */
const withPureArrays = (source: string): string =>
	source.replace(
		/^(export )?(var|const) ([\w$]+) = \[([\s\S]*?)\];$/gm,
		(_, exported = "", keyword, name, inner) =>
			`${exported}${keyword} ${name} = /* @__PURE__ */ (() => [${inner}])();`,
	);

/** In Lambda credentials are in the environment, always: the chain that looks everywhere else is left out. */
const environmentCredentials: Plugin = {
	name: "environment-credentials",
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
			path: "credentials",
			namespace: "environment",
		}));
		onLoad({ filter: /.*/, namespace: "environment" }, () => ({
			contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
			resolveDir: root,
		}));
	},
};

/** An `import` of node:http evaluates getters that load all of undici; asking the process for it doesn't. */
const lazyHttp: Plugin = {
	name: "lazy-http",
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "http", namespace: "builtin" }));
		onLoad({ filter: /.*/, namespace: "builtin" }, () => ({
			contents: 'module.exports = process.getBuiltinModule("node:http");',
		}));
	},
};
