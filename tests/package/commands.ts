import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { cellwrightProgram } from "../../infra/cli/program.ts";
import { run } from "../proof/processes.ts";
import { must } from "../proof/steps.ts";
import type { Project } from "./project.ts";

type Environment = Readonly<Record<string, string>>;

const columns = 100;
const pod = "shop/storefront-web";
const manifest = "node_modules/cellwright/examples/pods/web-small.yaml";

/** The installed command line. @throws with what it wrote, unless it ended with 0. */
const cellwright = async (
	{ folder }: Project,
	env: Environment,
	...typed: readonly string[]
): Promise<string> => {
	const bin = join(folder, "node_modules/.bin/cellwright");
	return (await run(bin, typed, env, 60_000, folder)).output;
};

/** What can be typed before `--help`. */
const commandsOf = (command: Command): readonly (readonly string[])[] => [
	[],
	...command.commands.flatMap((each) => commandsOf(each).map((path) => [each.name(), ...path])),
];

export async function proveHelp(project: Project, env: Environment): Promise<readonly string[]> {
	const commands = commandsOf(cellwrightProgram());
	for (const command of commands) {
		const help = await cellwright(project, env, ...command, "--help");
		const wide = help.split("\n").filter((line) => line.length > columns);
		must(wide.length === 0, `wider than ${columns}: ${wide.join("\n")}`);
	}
	return [`${commands.length} commands`];
}

/** A pod's life, and what is seen of it. */
export async function proveCommands(
	project: Project,
	env: Environment,
): Promise<readonly string[]> {
	await cellwright(project, env, "launch", "-f", manifest, "--wait");
	// What reads files of the package's own, or the configuration of the running stack: the folder has none.
	const readers = [
		...[["plan", "-f", manifest], ["explain", manifest], ["explain", pod], ["doctor"]],
		...[["schema", "pod-deleted"], ["catalogue", "t3a*"], ["dashboard"], ["authority"]],
		["client-certificate", "client"],
	];
	const read = readers.map(async (typed) => await cellwright(project, env, ...typed));
	must(
		(await Promise.all(read)).every((text) => text.length > 0),
		"a command says nothing",
	);
	const list = await cellwright(project, env, "list");
	must(list.includes("storefront-web"), `list doesn't have ${pod}:\n${list}`);
	const status = await cellwright(project, env, "status", pod);
	must(status.includes("Ready"), `status of ${pod}:\n${status}`);
	await cellwright(project, env, "delete", pod);
	const letters = await cellwright(project, env, "dead-letters");
	return [
		`launched, listed, deleted, and ${readers.length} ways to read; ${letters.split("\n")[0]}`,
	];
}

/** The stack's own packages are optional: without them `up` says what to do, and all else works. */
export async function proveMissingPackages(
	project: Project,
	env: Environment,
): Promise<readonly string[]> {
	for (const name of ["dynalite", "fauxqs"])
		await rm(join(project.folder, "node_modules", name), { recursive: true });
	const said = String(await cellwright(project, env, "up").catch(String));
	const [, line = ""] =
		/ended with 2:\ncellwright: .*: dynalite, fauxqs\n {2}(try: npm install dynalite@\S+ fauxqs@\S+)$/m.exec(
			said,
		) ?? [];
	must(line !== "", `it said: ${said}`);
	// It loads the most of all the others.
	await cellwright(project, env, "plan", "-f", manifest);
	return [line];
}
