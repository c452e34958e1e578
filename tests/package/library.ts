import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { run } from "../proof/processes.ts";
import { must } from "../proof/steps.ts";
import type { Project } from "./project.ts";
import type { Stack } from "./stack.ts";
import { root } from "./tools.ts";

type Environment = Readonly<Record<string, string>>;

/** What a program that launches pods has no use for. */
const useless = [
	...["@aws-sdk/client-ec2", "@aws-sdk/client-ssm", "@middy/core", "commander"],
	...["dynalite", "esbuild", "fauxqs", "node-forge"],
];
/** Of a processor's time: the best of a few cold imports on a slow machine; most take a tenth, SDK included. */
const longestImportMs = 3_000;
/** Of the page's Lambda handler, in one file. */
const mostBundleBytes = 800_000;

/** The TypeScript of docs/library.md, as it stands there. */
export async function snippets(): Promise<readonly string[]> {
	const page = await readFile(join(root, "docs/library.md"), "utf8");
	return [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, snippet = ""]) => snippet);
}

const Loaded = z.object({ modules: z.int(), packages: z.array(z.string()) });

/** @returns what an import of the library loads, and how long that takes. */
export async function proveImport(
	{ folder }: Project,
	env: Environment,
): Promise<readonly string[]> {
	const node = async (...args: readonly string[]) =>
		(await run(process.execPath, args, env, 20_000, folder)).output;
	const { modules, packages } = Loaded.parse(JSON.parse(await node("loaded.mjs")));
	const found = useless.filter((name) => packages.includes(name));
	must(found.length === 0, `it loads ${found.join(", ")}`);
	const timed =
		'const from = process.cpuUsage(); await import("cellwright"); const { user, system } = process.cpuUsage(from); process.stdout.write(String((user + system) / 1_000));';
	const times: number[] = [];
	for (let round = 0; round < 5; round++)
		times.push(Number(await node("--input-type=module", "--eval", timed)));
	const leastMs = Math.min(...times);
	must(leastMs <= longestImportMs, `its import takes ${leastMs} ms`);
	return [
		`${modules} modules of ${packages.length} packages, ${leastMs.toFixed(0)} ms of a processor at best of five`,
	];
}

/** The page's handler becomes one file by the page's command, and can be loaded. */
export async function proveBundle(
	{ folder }: Project,
	env: Environment,
	nodes: readonly string[],
): Promise<readonly string[]> {
	const page = await readFile(join(root, "docs/library.md"), "utf8");
	const [, options = ""] = /^npx esbuild (handler\.ts .*)$/m.exec(page) ?? [];
	const handler = (await snippets()).find((snippet) => snippet.includes("const handler")) ?? "";
	await writeFile(join(folder, "handler.ts"), handler);
	const esbuild = join(root, "node_modules/.bin/esbuild");
	await run(esbuild, options.split(" "), env, 30_000, folder);
	const { length } = await readFile(join(folder, "handler.cjs"));
	must(length <= mostBundleBytes, `the bundle has ${length} bytes`);
	const load = 'console.log(typeof require("./handler.cjs").handler)';
	for (const node of nodes) {
		const { output } = await run(node, ["--eval", load], env, 20_000, folder);
		must(output === "function\n", `${node}: ${output}`);
	}
	return [`${length} bytes`];
}

/** How programs find the stack instead of AWS. */
const awsOf = ({ endpoints }: Stack): Environment => ({
	AWS_ENDPOINT_URL_SQS: endpoints.sqs,
	AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
	AWS_REGION: "us-east-1",
	AWS_ACCESS_KEY_ID: "local",
	AWS_SECRET_ACCESS_KEY: "local",
});

/** A pod's whole life by the library alone. @returns what a Node saw of it. */
export async function proveSending(
	node: string,
	{ folder }: Project,
	stack: Stack,
	env: Environment,
): Promise<string> {
	const version = (await run(node, ["--version"], env, 10_000)).output.trim();
	const inherited = { ...env, ...awsOf(stack) };
	const name = `node-${version.replace(/\W/g, "-")}`;
	const { output } = await run(node, ["send.mjs", name], inherited, 70_000, folder);
	must(/^refused: InvalidPod\nseen: .*Ready.* Terminated\n$/.test(output), `it saw ${output}`);
	return `${version}: ${output.trim().replace("\n", "; ")}`;
}

/** The package's example, copied into the project as its readers do. @returns what it said last. */
export async function proveExample(
	{ folder, installed }: Project,
	stack: Stack,
	env: Environment,
): Promise<string> {
	const name = "enqueue.mjs";
	await copyFile(join(installed, "examples", name), join(folder, name));
	const inherited = { ...env, ...awsOf(stack), CELLWRIGHT_DEPLOYMENT: "cellwright" };
	const { output } = await run(process.execPath, [name], inherited, 70_000, folder);
	const lines = output.trim().split("\n");
	must(/^Ready/m.test(output) && lines.at(-1)?.startsWith("Terminated") === true, output);
	return `examples/${name}: ${lines.find((line) => line.startsWith("a ")) ?? ""}`;
}
