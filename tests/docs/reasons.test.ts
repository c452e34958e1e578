import { glob, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { reasons } from "../../shared/reasons.ts";

/** How a reason is written where it comes into being. */
const forms = [
	/\bnew ProvisionerError\(\s*(?:kind|"[a-z]+"),\s*"(?<reason>\w+)"/g,
	/\binvalid\(\s*"(?<reason>\w+)"/g,
	/\bkeep\(body, "(?<reason>\w+)"/g,
	/\breason: "(?<reason>[A-Z]\w+)"/g,
	// A union of words: ImpostorReason.
	/^\t\| "(?<reason>[A-Z]\w+)";?$/gm,
	/\berror\.reason : "(?<reason>\w+)"/g,
];

/** The simulated EC2 has EC2's codes, dashboards have CloudWatch's words: not ours. */
const isOurs = (path: string): boolean => !/^infra\/(local|dashboards)\//.test(path);

async function usedReasons(): Promise<Map<string, string>> {
	const used = new Map<string, string>();
	for await (const path of glob("{client,shared,functions,infra}/**/*.ts")) {
		if (!isOurs(path) || path === "shared/reasons.ts") continue;
		const text = await readFile(path, "utf8");
		for (const form of forms) {
			for (const { groups } of text.matchAll(form)) used.set(groups?.["reason"] ?? "", path);
		}
	}
	return used;
}

describe("the list of reasons", async () => {
	const used = await usedReasons();

	it("has every reason that the code gives", () => {
		expect([...used].filter(([reason]) => !Object.hasOwn(reasons, reason))).toEqual([]);
	});

	it("has no reason that nothing gives", () => {
		expect(Object.keys(reasons).filter((reason) => !used.has(reason))).toEqual([]);
	});

	it("sees all places that make an error", async () => {
		// An error whose reason isn't written out there: EC2's own code, and the helper itself.
		const hidden: string[] = [];
		for await (const path of glob("{client,shared,functions,infra}/**/*.ts")) {
			const text = isOurs(path) ? await readFile(path, "utf8") : "";
			const written = text.matchAll(/\bnew ProvisionerError\(\s*[^,]+,\s*(?<reason>[^\s,]+),/g);
			for (const { groups } of written) {
				if (!groups?.["reason"]?.startsWith('"')) hidden.push(`${path}: ${groups?.["reason"]}`);
			}
		}
		expect(hidden.sort()).toEqual([
			"infra/cli/doctor/nominal-launch.ts: planned.reason",
			"infra/cli/place/out-of-reach.ts: reason",
			"shared/errors.ts: reason",

			"shared/flows/plan-party.ts: reason",
			"shared/flows/refusal-reactions.ts: code",
		]);
	});

	it.each(Object.entries(reasons))("%s is a CamelCase word with sentences", (reason, entry) => {
		expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
		expect(entry.meaning).toMatch(/^[A-Z0-9p].*\.$/);
		expect(entry.remedy).toMatch(/^[A-Z`].*\.$/);
	});
});
