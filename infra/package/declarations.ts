import { dirname, resolve } from "node:path";

/**
 * A declaration file and all that it needs of ours, by their paths.
 *
 * tsc writes imports in declarations as they stand in the sources, with `.ts`, and finds `.d.ts` for them.
 */
export function reachableDeclarations(
	entry: string,
	read: (path: string) => string,
): ReadonlySet<string> {
	const reached = new Set([entry]);
	// A set's iteration reaches what is added meanwhile.
	for (const path of reached)
		for (const [, module = ""] of read(path).matchAll(/(?:from|import\() ?"(\.[^"]+)\.[jt]s"/g))
			reached.add(`${resolve(dirname(path), module)}.d.ts`);
	return reached;
}
