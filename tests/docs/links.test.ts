import { existsSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { allPages, anchorsOf, type Page, pageOf } from "./pages.ts";

/** Markdown's links and images, and those of the HTML in which an image has a dark twin. */
const linkForm = /\[[^\]]*\]\((?<target>[^)\s]+)\)|\b(?:src|srcset|href)="(?<html>[^"\s]+)"/g;

/** Links of a page that lead nowhere. Addresses of other sites are nobody's to check here. */
function brokenLinks(page: Page, pages: readonly Page[]): string[] {
	const targets = page.prose.flatMap((line) =>
		[...line.replaceAll(/`[^`]*`/g, "").matchAll(linkForm)].map(
			({ groups }) => groups?.["target"] ?? groups?.["html"] ?? "",
		),
	);
	return targets.filter((target) => !/^[a-z]+:/.test(target) && !leads(target, page, pages));
}

function leads(target: string, from: Page, pages: readonly Page[]): boolean {
	const [file = "", anchor] = target.split("#");
	const path = file === "" ? from.path : normalize(join(from.path, "..", file));
	if (!existsSync(path)) return false;
	if (anchor === undefined) return true;
	const to = path === from.path ? from : pages.find((page) => page.path === path);
	return to !== undefined && anchorsOf(to).has(anchor);
}

describe("documentation", async () => {
	const pages = await allPages();

	it("is more than a README", () => {
		expect(pages.length).toBeGreaterThan(6);
	});

	it.each(pages)("$path has no link that leads nowhere", (page) => {
		expect(brokenLinks(page, pages)).toEqual([]);
	});

	it.each(pages)("$path says in words what its pictures show", ({ prose }) => {
		const text = prose.join("\n");
		expect(text.match(/!\[\]\(/g)).toBeNull();
		for (const [image] of text.matchAll(/<img\b[^>]*>/g))
			expect(image).toMatch(/\balt="[^"]{20,}"/);
	});

	const ours = pages.filter(({ path }) => /^docs\/[^/]+$/.test(path));

	it.each(ours)("$path has lines of at most 120 columns, tables aside", ({ prose }) => {
		const long = prose.filter((line) => line.length > 120 && !line.startsWith("|"));
		expect(long).toEqual([]);
	});
});

describe("the check of links", () => {
	const page = (text: string): Page => pageOf("docs/pods.md", text);

	it.each([
		{ when: "the file is missing", text: "[x](missing.md)", broken: ["missing.md"] },
		{ when: "the anchor is missing", text: "# Here\n[x](#there)", broken: ["#there"] },
		{ when: "the anchor is there", text: "# Who's `here`?\n[x](#whos-here)", broken: [] },
		{ when: "a heading stands twice", text: "# A\n# A\n[x](#a-1) [y](#a-2)", broken: ["#a-2"] },
		{ when: "it leads to a folder", text: "[x](../examples/pods)", broken: [] },
		{ when: "a picture is missing", text: '<img src="images/no.png">', broken: ["images/no.png"] },
		{ when: "it is another site's", text: "[x](https://example.com/no)", broken: [] },
		{ when: "it stands in code", text: "`[x](no)`\n```\n[x](no)\n```", broken: [] },
	])("finds $broken when $when", ({ text, broken }) => {
		expect(brokenLinks(page(text), [])).toEqual(broken);
	});
});
