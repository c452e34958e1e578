import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Path of a module that isn't imported but started or bundled: TypeScript in a checkout, JavaScript in the package,
 * as the module that asks.
 *
 * @param from the asking module's `import.meta.url`.
 * @param path relative to it, without an extension.
 */
export const moduleBeside = (from: string, path: string): string =>
	fileURLToPath(new URL(`${path}${extname(new URL(from).pathname)}`, from));
