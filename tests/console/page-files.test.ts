import { symlink, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pageFiles } from "../../infra/console/page-files.ts";
import { ask } from "./reading.ts";
import { folderOf, servedConsole } from "./served.ts";

const sources = {
	"index.html": '<!doctype html><script type="module" src="/main.js"></script>',
	"icon.svg": "<svg/>",
	"main.tsx": 'import "./main.css";\nimport { word } from "./word.ts";\ndocument.title = word;\n',
	"word.ts": 'export const word: string = "cellwright";\n',
	"main.css": "body {\n\tmargin: 0px;\n}\n",
	"tsconfig.json": "{}",
};

const texts = async (folder: URL) =>
	Object.fromEntries(
		(await pageFiles(folder)).map(({ path, body }) => [path, Buffer.from(body).toString()]),
	);

describe("the page's files", () => {
	it("are bundled from sources: a script, its styles, and what stands beside them", async () => {
		const files = await texts(await folderOf(sources));
		expect(Object.keys(files).sort()).toEqual(["/", "/icon.svg", "/main.css", "/main.js"]);
		expect(files["/main.js"]).toContain("cellwright");
		expect(files["/main.css"]).toBe("body{margin:0}\n");
	});

	it("are taken as they are where they have been built", async () => {
		const built = { "index.html": "page", "main.js": "built()", "main.css": "a { b: c }" };
		expect(await texts(await folderOf(built))).toEqual({
			"/": "page",
			"/main.js": "built()",
			"/main.css": "a { b: c }",
		});
	});

	it("are made with preact's JSX, without anything from elsewhere", async () => {
		const folder = await folderOf({
			...sources,
			"main.tsx": 'import { render } from "preact";\nrender(<p>hello</p>, document.body);\n',
		});
		await symlink(resolve("node_modules"), fileURLToPath(new URL("node_modules", folder)));
		const { "/main.js": script = "" } = await texts(folder);
		expect(script).toContain("hello");
		expect(script).not.toMatch(/^import|https?:\/\/(?!www\.w3\.org)/m);
	});

	it("are those of this project's page: no import is left over, and no address elsewhere", async () => {
		const files = await pageFiles(new URL("../../infra/console/page/", import.meta.url));
		expect(files.map(({ path }) => path)).toEqual(
			expect.arrayContaining(["/", "/main.js", "/main.css"]),
		);
		for (const { path, body } of files)
			expect([path, Buffer.from(body).toString()]).toEqual([
				path,
				expect.not.stringMatching(/(src|href|url\()\s*=?\s*["']?(https?:)?\/\//),
			]);
	});
});

describe("the server of the page", () => {
	it("gives each file with its kind", async () => {
		const { url } = await servedConsole({ pageFolder: await folderOf(sources) });
		const kinds = ["", "main.js", "main.css", "icon.svg"].map(
			async (path) => (await ask(`${url}${path}`)).headers["content-type"],
		);
		expect(await Promise.all(kinds)).toEqual([
			"text/html; charset=utf-8",
			"text/javascript; charset=utf-8",
			"text/css; charset=utf-8",
			"image/svg+xml",
		]);
		expect((await ask(`${url}main.tsx`)).status).toBe(404);
		expect((await ask(`${url}tsconfig.json`)).status).toBe(404);
	});

	it("shows a page that has changed to whoever loads it anew", async () => {
		const pageFolder = await folderOf(sources);
		const { url } = await servedConsole({ pageFolder });
		expect((await ask(`${url}main.js`)).text).toContain("cellwright");
		await writeFile(new URL("word.ts", pageFolder), 'export const word = "changed";\n');
		await ask(url);
		expect((await ask(`${url}main.js`)).text).toContain("changed");
	});

	it("says what is wrong with a page that can't be bundled, and recovers", async () => {
		const pageFolder = await folderOf({ ...sources, "word.ts": "export const = 1;\n" });
		const { url } = await servedConsole({ pageFolder });
		const answer = await ask(url);
		expect([answer.status, answer.text]).toEqual([500, expect.stringContaining("word.ts:1")]);
		await writeFile(new URL("word.ts", pageFolder), 'export const word = "mended";\n');
		expect((await ask(url)).status).toBe(200);
	});

	it("goes on without a page", async () => {
		const pageFolder = await folderOf({});
		const { url } = await servedConsole({ pageFolder: new URL("nowhere/", pageFolder) });
		expect((await ask(url)).status).toBe(500);
		expect((await ask(`${url}api/pods/x`)).status).toBe(404);
	});
});
