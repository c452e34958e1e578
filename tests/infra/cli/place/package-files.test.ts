import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { describe, expect, it } from "vitest";
import { hereOrPackaged } from "../../../../infra/cli/place/package-files.ts";

const nobodyListens = (): void => undefined;

describe("a path on the command line", () => {
	// Tests run in the project's folder, which has both.
	it.each(["provider.yaml", "examples/pods"])("is %s of this folder, if it is here", (path) => {
		expect(hereOrPackaged(path, nobodyListens)).toBe(path);
	});

	it("is what somebody typed, even if nothing is there", () => {
		expect(hereOrPackaged("schemas/none.json", nobodyListens)).toBe("schemas/none.json");
	});

	it("is the package's own where a new folder lacks it, and that is said", () => {
		const said: string[] = [];
		const path = hereOrPackaged(
			"provider.yaml",
			(line) => said.push(line),
			() => false,
		);
		expect(isAbsolute(path) && existsSync(path)).toBe(true);
		expect(said).toEqual([expect.stringContaining(path)]);
	});
});
