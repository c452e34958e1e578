import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../proof/processes.ts";

type Environment = Readonly<Record<string, string>>;

/** How this machine reaches PyPI is its own affair. @param env of all else. */
export const pipEnvironment = (env: Environment): Environment => ({
	...env,
	...Object.fromEntries(
		Object.entries(process.env).flatMap(([name, value]) =>
			/^(PIP_|SSL_CERT_|HOME$|(HTTPS?|NO|ALL)_PROXY$)/i.test(name) && value !== undefined
				? [[name, value]]
				: [],
		),
	),
});

/** A Python with the `venv` module. @returns undefined where there is none. */
export async function findPython(env: Environment): Promise<string | undefined> {
	for (const python of ["python3", "python"])
		try {
			await run(python, ["-c", "import ensurepip, venv"], env, 10_000);
			return python;
		} catch {
			// The next one may.
		}
	return undefined;
}

/**
 * Installs packages into a virtual environment of their own, once.
 *
 * @param home its folder; another list of packages needs another one.
 * @param packages with their versions: `boto3==1.44.5`.
 * @returns the environment's Python.
 */
export async function installed(
	python: string,
	home: string,
	packages: readonly string[],
	env: Environment,
): Promise<string> {
	const complete = join(home, "complete");
	const own = join(home, "bin/python");
	const isComplete = await access(complete).then(
		() => true,
		() => false,
	);
	if (isComplete) return own;
	await rm(home, { recursive: true, force: true });
	await mkdir(dirname(home), { recursive: true });
	await run(python, ["-m", "venv", home], env, 60_000);
	const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
	await run(own, [...pip, ...packages], env, 120_000);
	await writeFile(complete, "");
	return own;
}
