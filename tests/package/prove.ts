import { join } from "node:path";
import { run } from "../proof/processes.ts";
import { eventually, must, step } from "../proof/steps.ts";
import { proveCommands, proveHelp, proveMissingPackages } from "./commands.ts";
import { contentFaults, mostBytes } from "./contents.ts";
import { proveBundle, proveExample, proveImport, proveSending, snippets } from "./library.ts";
import { type Project, packed, projectWith } from "./project.ts";
import { pageOf, type Stack, stackOf } from "./stack.ts";
import { otherNode, processesIn } from "./tools.ts";
import { checkTypes } from "./types.ts";

type Environment = Readonly<Record<string, string>>;

/**
 * Everything that is promised of the package.
 *
 * @param folder an empty one.
 * @param searchPath where to look for an older Node.
 * @param closers what ends what was started, should it stop half-way.
 */
export async function prove(
	folder: string,
	env: Environment,
	searchPath: string,
	closers: (() => unknown)[],
): Promise<void> {
	const project = await provePackage(folder, env);
	const old = await otherNode(searchPath);
	const none = `skipped: this machine has no Node but ${process.version}`;
	const nodes = [process.execPath, ...(old === undefined ? [] : [old.path])];

	await step("its types hold in a strict project, and refuse what is wrong", async () =>
		checkTypes(project, await snippets(), env),
	);
	await step("its library loads little", async () => await proveImport(project, env));
	await step("it becomes one file for Lambda", async () => await proveBundle(project, env, nodes));
	await step("every command's help can be read", async () => await proveHelp(project, env));
	await step("an older Node is told what is needed", async () =>
		old === undefined ? [none] : [`${old.version}: ${await refusal(old.path, project, env)}`],
	);

	const stack = await proveStart(project, env, closers);
	await step("its library sends a pod, sees it ready, and ends it", async () => {
		const sent = nodes.map(async (node) => await proveSending(node, project, stack, env));
		const seen = await Promise.all([...sent, proveExample(project, stack, env)]);
		return [...seen, ...(old === undefined ? [none] : [])];
	});
	await step("its commands work on that stack", async () => await proveCommands(project, env));
	await step("Ctrl-C ends it, and nothing runs on", async () => {
		const code = await stack.end();
		must(code === 0, `it ended with ${code}`);
		const left = await processesIn(folder);
		must(left.length === 0, `these run on:\n${left.join("\n")}`);
		return [];
	});
	await step("packages that npm left out are asked for by name", async () =>
		proveMissingPackages(project, env),
	);
}

async function provePackage(folder: string, env: Environment): Promise<Project> {
	const { promise, resolve } = Promise.withResolvers<Project>();
	await step("it is packed, the same bytes twice, and installed", async () => {
		const tarball = await packed(join(folder, "first"), env);
		const [again, project] = await Promise.all([
			packed(join(folder, "second"), env),
			projectWith(tarball, join(folder, "project"), env),
		]);
		must(tarball.sha256 === again.sha256, "two builds differ");
		must(tarball.bytes <= mostBytes.packed, `it has ${tarball.bytes} bytes`);
		resolve(project);
		return [`${tarball.bytes} bytes, sha256 ${tarball.sha256.slice(0, 16)}…`];
	});
	const project = await promise;
	const { files, unpackedBytes } = project;
	await step("it holds what is needed, and nothing else", async () => {
		const faults = contentFaults(files);
		must(faults.length === 0, faults.join("\n"));
		must(unpackedBytes <= mostBytes.unpacked, `it unpacks to ${unpackedBytes} bytes`);
		return [`${files.length} files, ${unpackedBytes} bytes`];
	});
	return project;
}

async function proveStart(
	project: Project,
	env: Environment,
	closers: (() => unknown)[],
): Promise<Stack> {
	const { promise, resolve } = Promise.withResolvers<Stack>();
	await step("cellwright up runs in a folder that has nothing of ours", async () => {
		const stack = await stackOf(project, env, closers);
		const notes = () => stack.lines.filter((line) => line.startsWith("No "));
		const noted = await eventually(
			"it says where configuration and pods are from",
			() => (notes().length === 2 ? notes() : undefined),
			10,
			() => stack.lines.join("\n"),
		);
		resolve(stack);
		return [...noted, `the console's page: ${await pageOf(stack)}`];
	});
	return await promise;
}

/** @returns what the command line says on a Node that is too old for it. */
async function refusal(node: string, { folder }: Project, env: Environment): Promise<string> {
	const bin = join(folder, "node_modules/.bin/cellwright");
	const said = String(await run(node, [bin, "up"], env, 10_000).catch(String));
	const [, line = ""] = /ended with 2:\n(cellwright: .*needs Node 24.*)$/.exec(said) ?? [];
	must(line !== "", `it said: ${said}`);
	return line;
}
