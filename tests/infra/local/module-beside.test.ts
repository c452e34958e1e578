import { describe, expect, it } from "vitest";
import { moduleBeside } from "../../../infra/local/module-beside.ts";

describe("moduleBeside", () => {
	it.each([
		{ from: "file:///src/infra/local/functions.ts", is: "/src/functions/launch/index.ts" },
		{ from: "file:///p/dist/infra/local/functions.js", is: "/p/dist/functions/launch/index.js" },
		{ from: "file:///with%20space/a/b/c.ts?v=2", is: "/with space/functions/launch/index.ts" },
	])("is of the same kind as the module that asks: $from", ({ from, is }) => {
		expect(moduleBeside(from, "../../functions/launch/index")).toBe(is);
	});
});
