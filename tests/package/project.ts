import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../proof/processes.ts";
import { root } from "./tools.ts";

type Environment = Readonly<Record<string, string>>;

export type Tarball = Readonly<{ path: string; bytes: number; sha256: string }>;

/** Builds and packs, as `npm publish` would. */
export async function packed(into: string, env: Environment): Promise<Tarball> {
	await mkdir(into, { recursive: true });
	await run("npm", ["pack", "--silent", "--pack-destination", into], env, 120_000, root);
	const [name = ""] = (await readdir(into)).filter((each) => each.endsWith(".tgz"));
	const path = join(into, name);
	const content = await readFile(path);
	const sha256 = createHash("sha256").update(content).digest("hex");
	return { path, bytes: content.length, sha256 };
}

/** Somebody's project, which has the package installed and knows nothing of this checkout but its compiler. */
export type Project = Readonly<{
	folder: string;
	/** Where the package is in it. */
	installed: string;
	/** Every file of the package, by its path in it, sorted. */
	files: readonly string[];
	unpackedBytes: number;
	/** @returns what npm said. */
	npmSaid: string;
}>;

export async function projectWith(
	tarball: Tarball,
	folder: string,
	env: Environment,
): Promise<Project> {
	await mkdir(folder, { recursive: true });
	await cp(join(import.meta.dirname, "project"), folder, { recursive: true });
	const own = { name: "somebodys-project", private: true, type: "module" };
	await writeFile(join(folder, "package.json"), JSON.stringify(own));
	const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball.path];
	const { all } = await run("npm", install, env, 180_000, folder);
	const installed = join(folder, "node_modules/cellwright");
	const entries = await readdir(installed, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
		.filter((name) => !name.startsWith("node_modules/"))
		.sort();
	const sizes = await Promise.all(
		files.map(async (name) => (await stat(join(installed, name))).size),
	);
	return {
		folder,
		installed,
		files,
		unpackedBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
		npmSaid: all,
	};
}
