import { describe, expect, it } from "vitest";
import { reachableDeclarations } from "../../../infra/package/declarations.ts";

const files: Readonly<Record<string, string>> = {
	"/d/client/index.d.ts": 'export { a } from "./a.ts";\nexport type { B } from "../shared/b.ts";',
	"/d/client/a.d.ts": 'import * as z from "zod";\nexport declare const a: import("./deep/c.ts").C;',
	"/d/client/deep/c.d.ts": 'import { a } from "../a.ts";\nexport type C = typeof a;',
	"/d/shared/b.d.ts": "export type B = string;",
};

describe("reachableDeclarations", () => {
	it("finds what an entry needs of ours, round circles as well, and no library", () => {
		const reached = reachableDeclarations("/d/client/index.d.ts", (path) => files[path] ?? "");
		expect([...reached].sort()).toEqual(Object.keys(files).sort());
	});
});
