import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Lets esbuild drop the shapes of operations that nobody calls.
 *
 * A client's shapes are top-level arrays with computed keys, which count as side effects; wrapped in a pure
 * call they count as none. Of client-ec2's 750 operations we call six.
 */
const droppableSchemas: Plugin = {
	name: "droppable-schemas",
	setup({ onLoad }) {
		onLoad({ filter: /@aws-sdk[\\/].*dist-es[\\/].*schemas_\d+\.js$/ }, async ({ path }) => {
			const source = withPureArrays(await readFile(path, "utf8"));
			const isKnown = /client-(ssm|dynamodb)/.test(path);
			const contents = isKnown ? withoutUnusedErrors(source) : source;
			return { contents, loader: "js" };
		});
	},
};

/** Every top-level `var x = [ … ];` as the value of a call that is marked pure. */
const withPureArrays = (source: string): string =>
	source.replace(
		/^(export )?(var|const) ([\w$]+) = \[([\s\S]*?)\];$/gm,
		(_, exported = "", keyword, name, inner) =>
			`${exported}${keyword} ${name} = /* @__PURE__ */ (() => [${inner}])();`,
	);

/** The classes of services' own errors that code asks for, and the one whose class tells the SDK to try again. */
const askedErrors: ReadonlySet<string> = new Set([
	"ConditionalCheckFailedException",
	"ReplicatedWriteConflictException",
	"ParameterNotFound",
	"ParameterAlreadyExists",
]);

/**
 * SSM registers 140 classes of errors, DynamoDB 34. Any other error is then its service's exception
 * (SSMServiceException, say) with the same name, message, fault and metadata. Not so SQS's: it names its errors
 * twice, and which name they get depends on their class.
 */
const withoutUnusedErrors = (source: string): string =>
	source.replace(
		/^n0_registry\.registerError\([\w$]+, ([\w$]+)\);$/gm,
		(registration, error: string) => (askedErrors.has(error) ? registration : ""),
	);

/** A plugin that gives the text of a module in place of the one that `filter` finds. */
const replacing = (name: string, filter: RegExp, contents: string): Plugin => ({
	name,
	setup({ onResolve, onLoad }) {
		onResolve({ filter }, () => ({ path: name, namespace: name, sideEffects: false }));
		onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir: root }));
	},
});

/** In Lambda credentials are in the environment, always: the chain that looks everywhere else is left out. */
const environmentCredentials = replacing(
	"environment-credentials",
	/^@aws-sdk\/credential-provider-node$/,
	'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
);

/**
 * No operation of ours streams events. The SDK imports that part lazily, which in one file means that all of
 * @smithy/core stays and is wrapped into initializers; without it most of that goes.
 */
const noEventStreams = replacing(
	"no-event-streams",
	/^@smithy\/core\/event-streams$/,
	`const missing = () => { throw new Error("event streams aren't in the bundle; see infra/bundle-tricks.ts"); };
	export { missing as EventStreamSerde, missing as eventStreamSerdeProvider };`,
);

/** DynamoDB's client makes a cache for the discovery of endpoints, off by default; a map does for what it would hold. */
const plainEndpointCache = replacing(
	"plain-endpoint-cache",
	/^mnemonist\/lru-cache$/,
	"export default class extends Map { constructor() { super(); } }",
);

/**
 * An `import` of one of Node's modules evaluates every getter of it: node:http's load all of undici, node:fs's and
 * node:crypto's the streams and Web Crypto. Here only the names that are used are taken, from the process.
 */
const lazyBuiltins: Plugin = {
	name: "lazy-builtins",
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
			if (!isBuiltin(path)) return null;
			const namespace = kind === "import-statement" ? "builtin" : "whole-builtin";
			return { path: path.replace(/^node:/, ""), namespace, sideEffects: false };
		});
		onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
			contents: usedNamesOf(path),
		}));
		onLoad({ filter: /.*/, namespace: "whole-builtin" }, ({ path }) => ({
			contents: `module.exports = process.getBuiltinModule("node:${path}");`,
		}));
	},
};

/** Loaded only when one of their functions is called: what they do is seldom needed. */
const lateBuiltins: ReadonlySet<string> = new Set(["zlib"]);

/** An export per name of one of Node's modules, each a pure call, so that esbuild can drop those that nobody uses. */
function usedNamesOf(builtin: string): string {
	const names = Object.getOwnPropertyNames(process.getBuiltinModule(builtin) ?? {}).filter(
		(name) => /^\w+$/.test(name) && name !== "default",
	);
	const module = `process.getBuiltinModule("node:${builtin}")`;
	const valueNamed = (name: string): string =>
		lateBuiltins.has(builtin) && /^[a-z]/.test(name)
			? `(...given) => ${module}.${name}(...given)`
			: `/* @__PURE__ */ (() => builtin.${name})()`;
	return [
		`const builtin = /* @__PURE__ */ ${module};`,
		"export default builtin;",
		...names.map((name, index) => `const e${index} = ${valueNamed(name)};`),
		`export { ${names.map((name, index) => `e${index} as ${name}`).join(", ")} };`,
	].join("\n");
}

/**
 * The catalogue, 115 KB, compressed, and unpacked when it is first looked at: a deployment that has refreshed its
 * own never does.
 */
const packedCatalogue: Plugin = {
	name: "packed-catalogue",
	setup({ onLoad }) {
		onLoad({ filter: /offerings[\\/]catalogue\.json$/ }, async ({ path }) => {
			const catalogue: Readonly<Record<string, unknown>> = JSON.parse(await readFile(path, "utf8"));
			const packed = brotliCompressSync(JSON.stringify(catalogue)).toString("base64");
			const fields = Object.keys(catalogue).map(
				(key) => `get ${key}() { return unpacked().${key}; }`,
			);
			return {
				contents: `import { brotliDecompressSync } from "node:zlib";
				let catalogue;
				const unpacked = () => catalogue ??= JSON.parse(
					brotliDecompressSync(Buffer.from("${packed}", "base64")),
				);
				export default { ${fields.join(", ")} };`,
				loader: "js",
			};
		});
	},
};

/** Of its own package.json an SDK client wants the version alone. */
const versionsOnly: Plugin = {
	name: "versions-only",
	setup({ onLoad }) {
		onLoad({ filter: /@aws-sdk[\\/][\w-]+[\\/]package\.json$/ }, async ({ path }) => {
			const { version } = JSON.parse(await readFile(path, "utf8"));
			return { contents: JSON.stringify({ version }), loader: "json" };
		});
	},
};

/** What zod needs to write JSON Schemas, which a function never does; its other modules name each of these. */
const noJsonSchemas: Plugin = {
	name: "no-json-schemas",
	setup({ onLoad }) {
		onLoad(
			{ filter: /zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ },
			async ({ path }) => {
				const source = await readFile(path, "utf8");
				const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(
					([, name]) => name,
				);
				return {
					contents: `const none = () => () => undefined;\nexport { ${names.map((name) => `none as ${name}`).join(", ")} };`,
				};
			},
		);
	},
};

/** Node always has its own SHA-256; the SDK's in JavaScript is for where it lacks. */
const nativeSha256 = replacing(
	"native-sha256",
	/^\.\/Sha256Js$/,
	'export class Sha256Js { constructor() { throw new Error("not in the bundle; see infra/bundle-tricks.ts"); } }',
);

/** In Lambda there is no home folder with files of profiles: settings are in the environment. */
const noProfiles = replacing(
	"no-profiles",
	/\/shared-ini-file-loader\/loadSharedConfigFiles$/,
	"export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
);

/** Looking at the global `crypto` loads Web Crypto; node:crypto has the same function. */
const nativeUuid = replacing(
	"native-uuid",
	/^\.\/uuid\/v4$/,
	'import { randomUUID } from "node:crypto";\nexport const bindV4 = () => () => randomUUID();',
);

/** Looking at the globals `ReadableStream` and `Blob` loads web streams; bodies are known by their class's name. */
const noWebStreams = replacing(
	"no-web-streams",
	/\/stream-type-check$/,
	`const isNamed = (name) => (value) => value?.constructor?.name === name;
	export const isReadableStream = isNamed("ReadableStream");
	export const isBlob = isNamed("Blob");`,
);

/** The same where it is asked whether a failed request can be sent again. */
const noStreamingPayload = replacing(
	"no-streaming-payload",
	/\/isStreamingPayload$/,
	`import { Readable } from "node:stream";
	export const isStreamingPayload = (request) =>
		request?.body instanceof Readable || request?.body?.constructor?.name === "ReadableStream";`,
);

/** No body of ours is a file; looking at the class of such bodies loads all of Node's file streams. */
const noFileBodies: Plugin = {
	name: "no-file-bodies",
	setup({ onLoad }) {
		onLoad({ filter: /util-body-length[\\/]calculateBodyLength\.js$/ }, async ({ path }) => ({
			contents: (await readFile(path, "utf8")).replace("body instanceof ReadStream", "false"),
		}));
	},
};

/** What is said of fields is for the generators of schemas and reference pages; lines stay where they are. */
const noDescriptions: Plugin = {
	name: "no-descriptions",
	setup({ onLoad }) {
		onLoad(
			{
				filter:
					/[\\/]shared[\\/](config[\\/](fields|env|provider-file|provider-file[\\/]\w+)|pods[\\/]model)\.ts$/,
			},
			async ({ path }) => ({
				contents: withoutDescriptions(await readFile(path, "utf8")),
				loader: "ts",
			}),
		);
	},
};

/** `describe("…")`, and each `meta({ … })` that begins with one of these words and holds nothing but literals. */
const withoutDescriptions = (source: string): string =>
	source.replace(
		/\s*\.(?:describe\(\s*"[^"\n]*",?\s*\)|meta\(\{\s*(?:description|expected)\b(?:[^"{}()`$]|"[^"\n]*"|\{(?:[^"{}()`$]|"[^"\n]*"|\{[^{}()`$]*\})*\})*\}\))/g,
		(description) => description.replace(/[^\n]/g, ""),
	);

/** What makes a bundle light. Requests, answers and errors of the operations that we call stay the same. */
export const tricks: readonly Plugin[] = [
	droppableSchemas,
	environmentCredentials,
	noEventStreams,
	plainEndpointCache,
	lazyBuiltins,
	packedCatalogue,
	versionsOnly,
	noJsonSchemas,
	nativeSha256,
	noProfiles,
	nativeUuid,
	noWebStreams,
	noStreamingPayload,
	noFileBodies,
	noDescriptions,
];
