import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../proof/processes.ts";
import { must } from "../proof/steps.ts";
import type { Project } from "./project.ts";
import { root } from "./tools.ts";

type Environment = Readonly<Record<string, string>>;

/** As strict as can be: `skipLibCheck: false` looks at our declarations themselves, and all that they lead to. */
const compilerOptions = {
	strict: true,
	exactOptionalPropertyTypes: true,
	skipLibCheck: false,
	target: "es2022",
	module: "nodenext",
	moduleResolution: "nodenext",
	noEmit: true,
	types: ["node"],
	typeRoots: [join(root, "node_modules/@types")],
};

/** @throws with what the compiler says. */
async function compile(
	{ folder }: Project,
	files: readonly string[],
	env: Environment,
): Promise<void> {
	const config = JSON.stringify({ compilerOptions, files });
	await writeFile(join(folder, "tsconfig.json"), config);
	await run(join(root, "node_modules/.bin/tsc"), ["--pretty", "false"], env, 60_000, folder);
}

/** Compiles what is right, and sees the compiler refuse what is wrong. @returns what was seen. */
export async function checkTypes(
	project: Project,
	snippets: readonly string[],
	env: Environment,
): Promise<readonly string[]> {
	const snippetFiles = await Promise.all(
		snippets.map(async (snippet, index) => {
			const name = `snippet-${index + 1}.ts`;
			await writeFile(join(project.folder, name), snippet);
			return name;
		}),
	);
	const files = ["uses.ts", "misuses.ts", ...snippetFiles];
	await compile(project, files, env);
	const exported = await exportedNames(project);
	const uses = await readFile(join(project.folder, "uses.ts"), "utf8");
	const unused = exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(uses));
	must(unused.length === 0, `uses.ts doesn't use ${unused.join(", ")}`);
	const refused = await refusedMisuses(project, env);
	return [
		`${exported.length} exported names are used, ${snippets.length} snippets of docs/library.md compile`,
		`${refused} misuses don't`,
	];
}

const exportedNames = async ({ installed }: Project): Promise<readonly string[]> => {
	const entry = await readFile(join(installed, "dist/client/index.d.ts"), "utf8");
	return [...entry.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
		names.split(",").map((name) => name.trim().replace(/^type /, "")),
	);
};

/** @returns how many: each statement that misuses.ts expects to be refused is, when nothing expects it. */
async function refusedMisuses(project: Project, env: Environment): Promise<number> {
	const text = await readFile(join(project.folder, "misuses.ts"), "utf8");
	const expected = text.match(/@ts-expect-error/g)?.length ?? 0;
	const plain = text.replace(/^\s*\/\/ @ts-expect-error.*\n/gm, "");
	await writeFile(join(project.folder, "misuses-plain.ts"), plain);
	const said = await compile(project, ["misuses-plain.ts"], env).then(
		() => "",
		(error: unknown) => String(error),
	);
	const found = new Set(said.match(/^misuses-plain\.ts\(\d+/gm));
	must(found.size === expected, `of ${expected} misuses ${found.size} don't compile:\n${said}`);
	return found.size;
}
