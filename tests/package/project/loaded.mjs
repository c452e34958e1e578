// Prints what the library's import loads: the packages, and how many modules.
import { registerHooks } from "node:module";

const urls = [];
registerHooks({
	load(url, context, next) {
		urls.push(url);
		return next(url, context);
	},
});
await import("cellwright");

const packageOf = (url) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
const packages = [...new Set(urls.map(packageOf))].filter((name) => name !== undefined).sort();
process.stdout.write(JSON.stringify({ modules: urls.length, packages }));
